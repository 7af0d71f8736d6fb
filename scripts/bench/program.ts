import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export interface Finished {
  /** from before the start to after the end, ms */
  wall: number;
  /** user and system, ms; 0 when `usage` was not asked for */
  cpu: number;
  /** most memory resident, MB; 0 when `usage` was not asked for */
  peak: number;
  stdout: string;
}

export interface Options {
  cwd: string;
  env?: { [name: string]: string };
  input?: string;
  /** the exit code that is right; default 0 */
  exit?: number;
  /** also measure memory and processor time; costs a few ms of start-up */
  usage?: boolean;
}

/** Something that can be started with arguments. */
export interface Program {
  start(args: readonly string[], options: Options): Promise<Finished>;
}

const USAGE = new URL("./usage.js", import.meta.url).href;

export function nodeProgram(script: readonly string[], scratch: string): Program {
  return {
    async start(args, { usage = false, ...options }) {
      const flags = ["--disable-warning=ExperimentalWarning", ...(usage ? ["--import", USAGE] : [])];
      const file = usage ? join(await mkdtemp(join(scratch, "usage-")), "usage.json") : undefined;
      const env = { ...options.env, ...(file === undefined ? {} : { BENCH_USAGE: file }) };
      const finished = await run(process.execPath, [...flags, ...script, ...args], { ...options, env });
      if (file === undefined) return finished;
      const { cpu, peak } = JSON.parse(await readFile(file, "utf8")) as { cpu: number; peak: number };
      return { ...finished, cpu, peak };
    },
  };
}

/** Rejects with what the program said when it fails. */
export async function run(command: string, args: readonly string[], options: Options): Promise<Finished> {
  // Each costs every start of Node or of bash something that is none of what is measured.
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, BASH_ENV: ___, ...inherited } = process.env;
  const began = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...inherited, NOETL_RUNTIME: "js", ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(options.input ?? "");
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  const wall = performance.now() - began;
  if (code !== (options.exit ?? 0))
    throw new Error(`${command} ${args.join(" ")} ended with ${code}: ${stderr || stdout}`);
  return { wall, cpu: 0, peak: 0, stdout };
}
