import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Installs what was published into an empty folder and runs a playbook with it. Throws when anything is not as it must be. */
export async function smoke(options: {
  spec: string;
  version: string;
  npm: readonly string[];
  playbook: string;
}): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-smoke-"));
  const env = { ...process.env, NOETL_HOME: join(folder, "home"), npm_config_cache: join(folder, "cache") };
  try {
    await run("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", ...options.npm, options.spec], {
      cwd: folder,
      env,
    });
    const noetl = join(folder, "node_modules", ".bin", "noetl");
    for (const runtime of ["binary", "js"]) {
      const with_ = { cwd: folder, env: { ...env, NOETL_RUNTIME: runtime } };
      const said = JSON.parse((await run(noetl, ["--version", "--json"], with_)).stdout);
      if (said.version !== options.version) throw new Error(`${options.spec} gives ${JSON.stringify(said)}`);
      const outcome = JSON.parse((await run(noetl, ["run", options.playbook, "--json", "--quiet"], with_)).stdout);
      if (outcome.status !== "COMPLETED") throw new Error(`${runtime}: ${JSON.stringify(outcome)}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
