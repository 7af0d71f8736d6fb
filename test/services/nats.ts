import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { freePort, spawnGuarded, waitForOutput } from "./guarded.ts";
import { type Mortal, mortal } from "./mortal.ts";

export interface TestNats {
  url: string;
  host: string;
  port: number;
  stop(): Promise<void>;
}

/**
 * A NATS server with JetStream on a free loopback port and a temporary store. Undefined when there is no `nats-server`
 * and none can be installed: the caller must then say loudly what was not tested (`NATS_MISSING`).
 */
export async function startNats(
  options: { user?: string; password?: string; token?: string; port?: number } = {},
): Promise<TestNats | undefined> {
  const program = await natsProgram();
  if (program === undefined) return undefined;
  for (let attempt = 1; ; attempt++) {
    const folder = await mkdtemp(join(tmpdir(), "noetl-nats-"));
    const port = options.port ?? (await freePort());
    const args = ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", folder];
    if (options.user !== undefined) args.push("--user", options.user, "--pass", options.password ?? "");
    if (options.token !== undefined) args.push("--auth", options.token);
    const server = spawnGuarded(program, args, { signal: "INT", folder });
    try {
      await waitForOutput(server.child, /Server is ready/, 20_000);
      return { url: `nats://127.0.0.1:${port}`, host: "127.0.0.1", port, stop: server.stop };
    } catch (error) {
      await server.stop();
      if (attempt === 3) throw error;
    }
  }
}

/** A broker that dies by `kill -9` and comes back at the same address, with its streams. Undefined as above. */
export async function startMortalNats(): Promise<(Pick<TestNats, "url"> & Mortal) | undefined> {
  const program = findProgram() ?? (await install());
  if (program === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "noetl-nats-"));
  const port = await freePort();
  const args = ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", folder];
  const launch = () => spawnGuarded(program, args, { signal: "KILL", folder, keepFolder: true });
  return { url: `nats://127.0.0.1:${port}`, ...(await mortal(launch, /Server is ready/, folder)) };
}

export const NATS_MISSING = "NOT TESTED: nats-server is not installed, so nothing that needs NATS was checked";

/** `nats-server`, installed when it is missing and can be. */
export async function natsProgram(): Promise<string | undefined> {
  return findProgram() ?? (await install());
}

function findProgram(): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, "nats-server")).find((path) => existsSync(path));
}

async function install(): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return undefined;
  const run = promisify(execFile);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await run("apt-get", ["update", "-qq"], { env, timeout: 120_000 });
    await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "nats-server"], { env, timeout: 180_000 });
  } catch (error) {
    process.stderr.write(
      `nats-server could not be installed: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return undefined;
  }
  return findProgram();
}
