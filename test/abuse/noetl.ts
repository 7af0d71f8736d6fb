import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { TestContext } from "node:test";
import { PROGRAM } from "@noetl/sdk/testing";

/** A run that takes longer than this is taken for one that hangs, ms. */
const PATIENCE = 60_000;

export interface Ran {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Options {
  home: string;
  env?: { [name: string]: string };
  /** flags of Node itself */
  node?: readonly string[];
  /** program and arguments that start the command line: `prlimit --fsize=…`, `unshare -rn` */
  under?: readonly string[];
  uid?: number;
  input?: string;
  /** called with the process while it runs */
  during?(child: ChildProcess): void;
}

/** Runs the command line in a home of its own, as a process. Fails the test when it hangs. */
export async function noetl(args: readonly string[], options: Options): Promise<Ran> {
  const { home, under = [], uid } = options;
  const [program = process.execPath, ...rest] = [...under, process.execPath, ...(options.node ?? []), PROGRAM, ...args];
  const { PATH, TEMP, SystemRoot } = process.env;
  const child = spawn(program, rest, {
    cwd: home,
    env: { PATH, TEMP, SystemRoot, HOME: home, NOETL_HOME: join(home, "data"), ...options.env },
    stdio: "pipe",
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let hung = false;
  const watchdog = setTimeout(() => {
    hung = true;
    child.kill("SIGKILL");
  }, PATIENCE);
  const ended = new Promise<Pick<Ran, "code" | "signal">>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
  // A process that was killed may have left its stdin unread.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  options.during?.(child);
  const [stdout, stderr, end] = await Promise.all([all(child.stdout), all(child.stderr), ended]);
  clearTimeout(watchdog);
  assert.equal(hung, false, `noetl ${args.join(" ")} hung:\n${stderr}`);
  return { ...end, stdout, stderr };
}

/** What came until the end, or until a test closed it. */
async function all(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  await new Promise<void>((resolve) => stream.once("close", resolve));
  return Buffer.concat(chunks).toString();
}

/** Whatever happened, people see no stack trace and no "bug" of ours. */
export function assertTidy({ stdout, stderr }: Ran): void {
  for (const output of [stdout, stderr]) {
    assert.doesNotMatch(output, /^\s+at .+:\d+:\d+\)?$/m, "a stack trace");
    assert.doesNotMatch(output, /looks like a bug|node:internal|Uncaught|UnhandledPromise/);
  }
}

/** It was refused or failed: tidy, with this exit code and these words. */
export function assertClear(ran: Ran, code: number, words: RegExp): void {
  assertTidy(ran);
  assert.match(ran.stderr, words);
  assert.equal(ran.code, code, ran.stderr);
}

/** It came to the right end. */
export function assertCompleted(ran: Ran): void {
  assertTidy(ran);
  assert.equal(ran.code, 0, ran.stderr || ran.stdout);
}

/** A folder that is gone after the test. */
export async function temporaryHome(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-abuse-"));
  test.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  return folder;
}

/** A playbook of the steps given, each a line of the flow form. */
export function playbook(name: string, ...steps: string[]): string {
  const head = ["apiVersion: noetl.io/v2", "kind: Playbook", `metadata: {name: ${name}, path: abuse/${name}}`];
  return [...head, "workflow:", ...steps.map((step) => `  - ${step}`)].join("\n");
}
