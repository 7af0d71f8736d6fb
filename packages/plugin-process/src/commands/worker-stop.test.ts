import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { cli, TYPING_MISSING, temporaryFolder, typed } from "@noetl/sdk/testing";

/** Workers as far as stopping is concerned: processes with PID files. */
async function workers(t: TestContext) {
  const home = await temporaryFolder(t);
  const folder = join(home, "data");
  await mkdir(folder);
  const add = async (name: string, code = "") => {
    const child = spawn(process.execPath, ["-e", `${code}; setInterval(() => {}, 1e6); console.log('ready')`]);
    t.after(() => child.kill("SIGKILL"));
    const ended = once(child, "exit");
    await once(child.stdout, "data");
    const pidFile = join(folder, `noetl_worker_${name}.pid`);
    await writeFile(pidFile, `${child.pid}\n`);
    return { ended, pidFile, runs: () => child.exitCode === null && child.signalCode === null };
  };
  return { home, add };
}

test("cli.md §9.8: worker stop takes the only one, asks which of several, and nothing is fine", async (t) => {
  const { home, add } = await workers(t);
  const stop = (...args: string[]) => cli(["worker", "stop", "--force", "--timeout", "5s", ...args], { home });

  assert.equal((await stop()).code, 0);
  const { ended } = await add("only");
  assert.equal((await stop()).code, 0);
  await ended;
  const three = await Promise.all(["one", "two", "three"].map((name) => add(name)));
  const several = await stop();
  assert.equal(several.code, 2);
  assert.match(several.stderr, /one[\s\S]*--all|--all[\s\S]*one/);
  assert.ok(three.every(({ runs }) => runs()));
  assert.equal((await stop("--all")).code, 0);
  await Promise.all(three.map(({ ended }) => ended));
});

test("cli.md §9.8: at a terminal the one whose number is typed is stopped", { skip: TYPING_MISSING }, async (t) => {
  const { home, add } = await workers(t);
  const stop = (...answers: [RegExp, string][]) => typed(["worker", "stop", "--timeout", "5s"], { home, answers });

  assert.match((await stop()).shown, /No worker is running/);
  const [one, two] = await Promise.all([add("one"), add("two")]);
  const wrong = await stop([/number of the worker/, "7"]);
  assert.equal(wrong.code, 2, wrong.shown);
  assert.ok(one.runs() && two.runs());
  const second = await stop([/1\. one[\s\S]*2\. two[\s\S]*number of the worker/, "2"]);
  assert.equal(second.code, 0, second.shown);
  await two.ended;
  assert.ok(one.runs());
  assert.equal((await stop()).code, 0);
  await one.ended;
});

test("cli.md §9.7, §8 #24: who declines the kill keeps process and file, and exits 1", {
  skip: TYPING_MISSING,
}, async (t) => {
  const { home, add } = await workers(t);
  const worker = await add("one", "process.on('SIGTERM', () => {})");
  const stop = (answer: string) =>
    typed(["worker", "stop", "--timeout", "200ms"], { home, answers: [[/Kill it\?/, answer]] });

  const declined = await stop("n");
  assert.equal(declined.code, 1, declined.shown);
  assert.doesNotMatch(declined.shown, /stopped$/m);
  assert.ok(worker.runs() && existsSync(worker.pidFile));
  const killed = await stop("y");
  assert.equal(killed.code, 0, killed.shown);
  await worker.ended;
  assert.equal(existsSync(worker.pidFile), false);
});
