import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { requestedFormat } from "../format.ts";
import { DEV, PROGRAM, REPOSITORY } from "./program.ts";
import { documentChecker } from "./schemas.ts";

const checkDocument = documentChecker(join(REPOSITORY, "packages/cli/schemas"));

export interface Ran {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  env?: Record<string, string>;
  cwd?: string;
  input?: string;
  /** the sources, for what only they do */
  source?: boolean;
  /** flags of Node itself */
  node?: string[];
  /** called with the process while it runs */
  during?(child: ReturnType<typeof spawn>): void;
}

/** Runs the command line as a user would, with a home of its own. Documents have to follow their schema. */
export async function cli(args: readonly string[], options: CliOptions & { home: string }): Promise<Ran> {
  const { PATH, SystemRoot, TEMP } = process.env;
  const env = { PATH, SystemRoot, TEMP, HOME: options.home, NOETL_HOME: join(options.home, "data"), ...options.env };
  const program = options.source ? DEV : PROGRAM;
  const child = spawn(process.execPath, [...(options.node ?? []), program, ...args], {
    cwd: options.cwd ?? options.home,
    env,
    stdio: "pipe",
  });
  const ended = new Promise<Pick<Ran, "code" | "signal">>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
  child.stdin.end(options.input ?? "");
  options.during?.(child);
  const [stdout, stderr, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (requestedFormat(args) === "json" && stdout !== "") checkDocument(JSON.parse(stdout) as unknown);
  return { ...end, stdout, stderr };
}

/** A folder that is gone after the test. */
export async function temporaryFolder(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-cli-"));
  test.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
