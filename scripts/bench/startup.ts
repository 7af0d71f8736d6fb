/**
 * `node scripts/bench/startup.ts [ROUNDS]`: whole starts of the binary and the bundle, in turns with `bun -e 0`,
 * `node -e 0` and other programs that people start as often. Fails when a ratio is beyond what architecture §8 allows;
 * absolute times are the machine's.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fetchBun } from "../binary/bun.ts";
import { makeBinaries } from "../binary/make.ts";
import { buildWrapper } from "../build/wrapper.ts";
import { installTools } from "../fetch/package.ts";
import { platformHere } from "../platforms.ts";
import { median } from "./measure.ts";
import { TOOLS } from "./tools.ts";

interface Start {
  name: string;
  command: readonly [string, ...string[]];
  /** name of the start it is compared with, and how many times as long it may take */
  against?: { name: string; limit?: number };
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const rounds = Number(process.argv[2] ?? 21);
const scratch = await mkdtemp(join(tmpdir(), "noetl-startup-"));
try {
  const times = await measure(await starts());
  process.exitCode = report(times) ? 0 : 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function starts(): Promise<Start[]> {
  const here = platformHere();
  if (!here) throw new Error(`there is no binary for ${process.platform}-${process.arch}`);
  let binary = "";
  for await (const made of makeBinaries({ root, out: scratch, platforms: [here] })) binary = made.path;
  await buildWrapper({ root, out: join(scratch, "cli") });
  const bundle = join(scratch, "cli", "bin", "noetl.js");
  const tools = await installTools(TOOLS);
  const node = process.execPath;
  const bun = await fetchBun(here);
  const playbook = join(root, "examples", "routing.yaml");
  const toBun = (limit?: number) => ({ name: "bun -e 0", ...(limit !== undefined && { limit }) });
  const toNode = (limit?: number) => ({ name: "node -e 0", ...(limit !== undefined && { limit }) });
  await writeFile(join(scratch, "justfile"), "default:\n");
  return [
    { name: "bun -e 0", command: [bun, "-e", "0"] },
    { name: "node -e 0", command: [node, "-e", "0"] },
    { name: "binary --version", command: [binary, "--version"], against: toBun(2) },
    { name: "binary --help", command: [binary, "--help"], against: toBun(2) },
    { name: "binary run --help", command: [binary, "run", "--help"], against: toBun(2) },
    { name: "binary completion bash", command: [binary, "completion", "bash"], against: toBun(2) },
    { name: "binary runs", command: [binary, "runs"], against: toNode(26 / 19) },
    { name: "binary context list", command: [binary, "context", "list"], against: toNode(26 / 19) },
    { name: "binary validate", command: [binary, "validate", playbook], against: toNode() },
    { name: "bundle --version", command: [node, bundle, "--version"], against: toNode(3) },
    { name: "bundle --help", command: [node, bundle, "--help"], against: toNode(3) },
    { name: "bundle completion bash", command: [node, bundle, "completion", "bash"], against: toNode(3) },
    { name: "bundle runs", command: [node, bundle, "runs"], against: toNode(3) },
    { name: "bundle context list", command: [node, bundle, "context", "list"], against: toNode(3) },
    { name: "bundle validate", command: [node, bundle, "validate", playbook], against: toNode() },
    {
      name: "just --version",
      command: [join(tools, `rust-just-${here.os}-${here.cpu}`, "bin", "just"), "--version"],
      against: toNode(),
    },
    { name: "esbuild --version", command: [join(root, "node_modules/.bin/esbuild"), "--version"], against: toNode() },
    { name: "oclif --version", command: [node, join(tools, "oclif/bin/run.js"), "--version"], against: toNode() },
    { name: "wmill --version", command: [join(tools, ".bin", "wmill"), "--version"], against: toNode() },
  ];
}

/** Every start once in each round, so that a machine that slows down slows all of them. */
async function measure(all: readonly Start[]): Promise<Map<Start, number[]>> {
  const times = new Map(all.map((start) => [start, [] as number[]]));
  // The first round fills caches of files and of compiled code.
  for (let round = -1; round < rounds; round++) {
    for (const start of all) {
      const took = await wall(start.command);
      if (round >= 0) times.get(start)?.push(took);
    }
  }
  return times;
}

async function wall([program, ...args]: Start["command"]): Promise<number> {
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, PATH = "", ...inherited } = process.env;
  const path = `${join(process.execPath, "..")}:${PATH}`;
  const env = { ...inherited, PATH: path, NOETL_HOME: join(scratch, "home"), NOETL_RUNTIME: "js" };
  const began = performance.now();
  const child = spawn(program, args, { cwd: scratch, env, stdio: ["ignore", "pipe", "ignore"] });
  child.stdout.resume();
  const [code] = await once(child, "close");
  const took = performance.now() - began;
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}`);
  return took;
}

/** Prints the table; false when a limit is exceeded. */
function report(times: ReadonlyMap<Start, readonly number[]>): boolean {
  const of = (name: string) => [...times].find(([start]) => start.name === name)?.[1] ?? [];
  const rows = [...times].map(([{ name, against }, own]) => {
    const control = of(against?.name ?? name);
    const ratio = median(own.map((ms, round) => ms / (control[round] ?? Number.NaN)));
    const least = Math.min(...own);
    // What else the machine does makes both larger, and never smaller than they are.
    const surely = Math.min(ratio, least / Math.min(...control));
    const over = against?.limit !== undefined && surely > against.limit;
    return { name, ms: median(own), least, ratio, against, over };
  });
  for (const { name, ms, least, ratio, against, over } of rows) {
    const limit = against?.limit === undefined ? "" : `≤ ${against.limit.toFixed(2)}${over ? "  OVER" : ""}`;
    const compared = against ? `${ratio.toFixed(2)} × ${against.name.padEnd(10)} ${limit}` : "";
    console.log(
      `${name.padEnd(24)} ${ms.toFixed(1).padStart(7)} ms  least ${least.toFixed(1).padStart(6)}  ${compared}`,
    );
  }
  return rows.every(({ over }) => !over);
}
