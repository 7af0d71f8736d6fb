import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { env, execPath } from "node:process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { allGone, isAlive } from "../testing/alive.ts";
import { testHost } from "../testing/call.ts";
import { createPool } from "./pool.ts";
import { pythonTool } from "./tool.ts";

const PID = "import os\nresult = os.getpid()";

test("one interpreter serves call after call, several serve calls at one time", async () => {
  const host = testHost();
  const pid = async (code = PID) => Number((await host.run(pythonTool, { code })).data);
  try {
    const first = await pid();
    assert.equal(await pid(), first);
    const busy = "import os, time\ntime.sleep(0.2)\nresult = os.getpid()";
    assert.equal(new Set(await Promise.all([pid(busy), pid(busy)])).size, 2);
  } finally {
    await host.close();
  }
});

test("NOETL_PYTHON_ISOLATION=spawn starts one a call", async () => {
  const host = testHost({ processEnv: { ...env, NOETL_PYTHON_ISOLATION: "spawn" } });
  try {
    const pids: number[] = [];
    for (let i = 0; i < 2; i++) pids.push(Number((await host.run(pythonTool, { code: PID })).data));
    assert.notEqual(pids[0], pids[1]);
    await allGone(pids);
  } finally {
    await host.close();
  }
});

test("no more than `max` run at one time, idle ones are ended, a waiting call can be aborted", async () => {
  const pool = createPool({ max: 1, idle: 100 });
  const seat = {
    name: "t",
    commands: () => ["python3"],
    isolated: false,
    env: { PATH: env.PATH ?? "" },
    directory: "/",
  };
  const call = (code: string, signal = new AbortController().signal) =>
    pool.run(seat, {
      request: { code, filename: "<t>", input: {}, execution_id: "1", step: "t", env: {} },
      onOutput: () => {},
      limit: undefined,
      signal,
    });
  const controller = new AbortController();
  const first = call("import time, os\ntime.sleep(0.2)\nresult = os.getpid()");
  const given = call(PID, controller.signal);
  const second = call(PID);
  controller.abort();
  await assert.rejects(given, { meaning: "cancelled" });
  const pids = [await first, await second].map((result) => (result.type === "answer" ? Number(result.data) : 0));
  assert.equal(pids[0], pids[1]);
  await allGone(pids);
  await pool.close();
});

test("nothing is left when the host closes its resources", async () => {
  const host = testHost();
  const code = [
    "import os, subprocess, threading, time",
    "p = subprocess.Popen(['sleep', '60'])",
    "f = os.fork()",
    "if f == 0:\n  time.sleep(60)\n  os._exit(0)",
    "threading.Thread(target=time.sleep, args=(60,)).start()",
    "result = [os.getpid(), p.pid, f]",
  ].join("\n");
  const left = (await host.run(pythonTool, { code })).data as number[];
  const idle = Number((await host.run(pythonTool, { code: PID })).data);
  const busy = host.run(pythonTool, { code: "import time\ntime.sleep(60)" });
  await sleep(100);
  await host.close();
  assert.equal((await busy).status, "error");
  await allGone([...left, idle]);
});

/** A host process of its own, which runs `code` and prints what it prints. */
function hostProcess(code: string): ChildProcess {
  const call = new URL("../testing/call.ts", import.meta.url).href;
  const tool = new URL("./tool.ts", import.meta.url).href;
  const script = `
    import { testHost } from ${JSON.stringify(call)};
    import { pythonTool } from ${JSON.stringify(tool)};
    const host = testHost({ onOutput: (_, text) => process.stdout.write(text) });
    const outcome = await host.run(pythonTool, { code: ${JSON.stringify(code)} });
    process.stdout.write(JSON.stringify(outcome.data));`;
  return spawn(execPath, ["--input-type=module-typescript", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
}

/** What the host prints first; fails when it ends without a word. */
async function firstOutput(host: ChildProcess): Promise<string> {
  assert.ok(host.stdout);
  const exited = once(host, "exit").then(() => assert.fail("the host ended without a word"));
  const [chunk] = await Promise.race([once(host.stdout, "data"), exited]);
  return String(chunk);
}

for (const [name, rest] of [
  ["sleeps", "import time\ntime.sleep(60)"],
  ["never lets go", "import re\nre.match(r'(a+)+$', 'a' * 60 + 'b')"],
] as const) {
  test(`when the host is killed, an interpreter whose code ${name} ends with its children`, async () => {
    const code = `import os, subprocess\np = subprocess.Popen(['sleep', '60'])\nprint(os.getpid(), p.pid, flush=True)\n${rest}`;
    const host = hostProcess(code);
    const pids = (await firstOutput(host)).trim().split(" ").map(Number);
    assert.equal(pids.length, 2);
    assert.ok(pids.every(isAlive));
    host.kill("SIGKILL");
    await allGone(pids);
  });
}

test("an idle interpreter does not keep its host from ending, and ends with it", async () => {
  const host = hostProcess(PID);
  const ended = once(host, "exit");
  const pid = Number(await firstOutput(host));
  const [code] = await ended;
  assert.equal(code, 0);
  await allGone([pid]);
});
