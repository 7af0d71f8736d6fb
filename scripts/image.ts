/**
 * `node scripts/image.ts ROOT`: what the Dockerfile makes, without a container engine. ROOT is a file system with the
 * Python of the base (`debootstrap --variant=minbase --include=python3,bash bookworm ROOT`); the files of the stage
 * `server` are laid into it, and its entrypoint runs there as the user it names. Needs root, Linux and Debian's tini.
 */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, cpSync, lchownSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeBinaries } from "./binary/make.ts";
import { readDockerfile } from "./image/dockerfile.ts";
import { platformHere } from "./platforms.ts";
import { untilAnswers } from "./release/registry.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));
const [root] = process.argv.slice(2);
const here = platformHere();
if (!root || here?.os !== "linux") throw new Error("node scripts/image.ts ROOT, on Linux");

const server = readDockerfile(readFileSync(join(repository, "Dockerfile"), "utf8")).find(
  ({ name }) => name === "server",
);
if (!server) throw new Error("the Dockerfile has no stage 'server'");
const out = join(root, "out");
const bin = join(out, "usr/local/bin");
rmSync(out, { recursive: true, force: true });
mkdirSync(bin, { recursive: true });
mkdirSync(join(out, "var/lib/noetl"), { recursive: true });
for await (const { path } of makeBinaries({ root: repository, out: join(out, "made"), platforms: [here] })) {
  cpSync(path, join(bin, "noetl"));
}
cpSync("/usr/bin/tini-static", join(bin, "tini"));
symlinkSync("noetl", join(bin, "ntl"));
for (const { sources, target, chown, chmod } of server.copies) {
  const to = join(root, target);
  for (const source of sources) cpSync(join(root, source), to, { recursive: true, verbatimSymlinks: true });
  const [uid, gid] = (chown ?? "0:0").split(":").map(Number);
  if (chown) lchownSync(to, uid ?? 0, gid ?? 0);
  if (chmod) chmodSync(to, Number.parseInt(chmod, 8));
}

const inside = (command: readonly string[], env: Record<string, string>) => {
  const pairs = Object.entries({ PATH: "/usr/local/bin:/usr/bin:/bin", ...server.env, ...env });
  const variables = pairs.map(([key, value]) => `${key}=${value}`);
  return ["chroot", `--userspec=${server.user}`, root, "/usr/bin/env", "-i", ...variables, ...command];
};
const [program = "", ...args] = inside([...server.entrypoint, ...server.cmd], { NOETL_API_TOKEN: "rehearsal" });
const child = spawn(program, args, { stdio: "inherit" });
try {
  await untilAnswers("http://127.0.0.1:8082/api/health", 30_000);
  const run = (command: readonly string[]) => {
    const [name = "", ...rest] = inside(command, { NOETL_API_TOKEN: "rehearsal" });
    return execFileSync(name, rest, { encoding: "utf8" });
  };
  run(server.healthcheck);
  console.log(run(["/usr/local/bin/ntl", "--version"]).trim());
  console.log(run(["/usr/local/bin/noetl", "doctor"]).trim());
} finally {
  child.kill("SIGTERM");
  const code = await new Promise((resolve) => child.once("exit", (ended, signal) => resolve(signal ?? ended)));
  console.log(`the entrypoint ended with ${code}`);
}
