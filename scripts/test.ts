/**
 * `npm test [-- FILE…]`: every test of the repository, or those in the files named. Failures are shown in full, the last
 * line sums up. Exit code 0 when nothing failed.
 */

import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { run } from "node:test";
import { fileURLToPath } from "node:url";
import { failureText, type TestFailure } from "./test/failure.ts";
import { PATTERNS } from "./test/patterns.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

const TEST_LIMIT_MS = 180_000;

const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 22) {
  console.error(
    `the tests need Node 22.18 or newer, this is ${process.version}; 'npm test' takes the one 'npm ci' installs`,
  );
  process.exit(1);
}
// Whoever stops the run stops its files too, and what it built goes.
const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.abort());

const named = process.argv.slice(2);
process.exitCode = await (named.length > 0 ? test(named) : testAll());

/** Every test: what the bundle takes to build it gains many times over, for each test of the command line starts it. */
async function testAll(): Promise<number> {
  const { buildProgram } = await import("./test/program.ts");
  const { path, remove } = await buildProgram(root);
  process.env.NOETL_TEST_PROGRAM = path;
  try {
    return await test(PATTERNS.flatMap((pattern) => globSync(pattern, { cwd: root }).sort()));
  } finally {
    await remove();
  }
}

async function test(files: string[]): Promise<number> {
  if (files.length === 0) {
    console.error("no test file found");
    return 1;
  }
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: TestFailure[] = [];
  const concurrency = Math.max(1, Math.min(4, availableParallelism()));
  const stream = run({
    files,
    cwd: root,
    concurrency,
    isolation: "process",
    // Nothing hangs: a test has a limit, and a file ends with its last test whatever it left open.
    timeout: TEST_LIMIT_MS,
    forceExit: true,
    signal: stopped.signal,
    execArgv: ["--disable-warning=ExperimentalWarning", "--import", import.meta.resolve("./test/test-process.ts")],
  });
  stream.on("test:pass", (test) => {
    if (test.details.type === "suite" || isFileItself(test)) return;
    if (test.skip !== undefined || test.todo !== undefined) {
      counts.skipped++;
      if (typeof test.skip === "string") console.log(`skipped  ${test.name}: ${test.skip}`);
    } else counts.passed++;
  });
  stream.on("test:fail", (test) => {
    if (test.details.type === "suite") return;
    counts.failed++;
    const failure = {
      name: test.name,
      file: relative(root, test.file ?? ""),
      line: test.line,
      error: test.details.error,
    };
    failures.push(failure);
    console.log(failureText(failure));
  });
  stream.on("test:stderr", ({ message }) => process.stderr.write(message));
  for await (const _ of stream);
  if (failures.length > 1)
    for (const { file, line, name } of failures) console.log(`failed   ${file}:${line ?? 0}  ${name}`);
  const seconds = (performance.now() / 1_000).toFixed(1);
  console.log(`${files.length} files, ${seconds} s`);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

/** With process isolation a file without tests is reported as one test named after it. */
function isFileItself(test: { name: string; file?: string | undefined }): boolean {
  return test.file?.endsWith(test.name) === true;
}
