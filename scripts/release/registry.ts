import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface LocalRegistry {
  url: string;
  /** options that make npm talk to it, and let it publish */
  npm: string[];
  stop(): Promise<void>;
}

/** An empty npm registry on this machine that asks no other: what is not published to it cannot be installed. */
export async function startRegistry(tools: string): Promise<LocalRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-registry-"));
  const port = await freePort();
  const config = {
    storage: join(folder, "storage"),
    max_body_size: "200mb",
    packages: { "**": { access: "$all", publish: "$all", unpublish: "$all" } },
    log: { type: "stdout", format: "json", level: "error" },
  };
  const file = join(folder, "config.yaml");
  await writeFile(file, JSON.stringify(config));
  const script = join(tools, "verdaccio", "bin", "verdaccio");
  const child = spawn(process.execPath, [script, "--config", file, "--listen", `127.0.0.1:${port}`], {
    stdio: ["ignore", "ignore", "inherit"],
    cwd: folder,
  });
  const url = `http://127.0.0.1:${port}/`;
  await untilAnswers(`${url}-/ping`, 60_000);
  return {
    url,
    npm: [`--registry=${url}`, `--//127.0.0.1:${port}/:_authToken=nobody`],
    async stop() {
      child.kill();
      await once(child, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until the address answers 200; rejects when it has not after that many milliseconds. */
export async function untilAnswers(url: string, timeout: number): Promise<void> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const state = await stateOf(url);
    if (state === "200") return;
    if (Date.now() > deadline) throw new Error(`${url} does not answer after ${timeout / 1_000} s: ${state}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function stateOf(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    await response.body?.cancel();
    return String(response.status);
  } catch (error) {
    return error instanceof Error ? `${error.message} ${error.cause ?? ""}` : String(error);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || !address) throw new Error("no free port");
  return address.port;
}
