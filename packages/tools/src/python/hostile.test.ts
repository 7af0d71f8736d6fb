import assert from "node:assert/strict";
import { kill } from "node:process";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { allGone, isAlive } from "../testing/alive.ts";
import { testHost } from "../testing/call.ts";
import type { ToolCall } from "../tool.ts";
import { pythonTool } from "./tool.ts";

const host = testHost();
after(() => host.close());
const run = (code: string, more: Partial<ToolCall> = {}) => host.run(pythonTool, { code }, more);

/** The interpreter after a mishap is a sound one. */
async function sound(): Promise<void> {
  const { data, stdout } = await run("print('sound')\nresult = 1");
  assert.equal(data, 1);
  assert.equal(stdout, "sound\n");
}

const deaths: [name: string, code: string, expected: string][] = [
  [
    "a segmentation fault",
    "import os, signal\nprint('last words', flush=True)\nos.kill(os.getpid(), signal.SIGSEGV)",
    "EXIT_139",
  ],
  ["os._exit", "import os\nprint('last words')\nos._exit(9)", "EXIT_9"],
  ["os.abort", "import os\nprint('last words')\nos.abort()", "EXIT_134"],
];
for (const [name, code, expected] of deaths) {
  test(`${name} is an error of the step, with its output`, async () => {
    const { status, error, stdout } = await run(code);
    assert.equal(status, "error");
    assert.equal(error?.kind, "process");
    assert.equal(error?.code, expected);
    assert.equal(stdout, "last words\n");
    await sound();
  });
}

for (const [name, code] of [
  ["a loop", "while True:\n  pass"],
  ["a loop in C that never lets go", "import re\nre.match(r'(a+)+$', 'a' * 60 + 'b')"],
  [
    "a sleeper that ignores signals",
    "import signal, time\nfor s in (signal.SIGTERM, signal.SIGINT):\n  signal.signal(s, signal.SIG_IGN)\ntime.sleep(60)",
  ],
] as const) {
  test(`${name} ends at its time limit, with its children`, async () => {
    const code_ = `import subprocess, os\np = subprocess.Popen(['sleep', '60'])\nprint(os.getpid(), p.pid, flush=True)\n${code}`;
    const { status, error, stdout } = await run(code_, { timeout: { total: 400 } });
    assert.equal(status, "timeout");
    assert.equal(error?.kind, "timeout");
    assert.equal(error?.retryable, true);
    await allGone((stdout ?? "").trim().split(" ").map(Number));
    await sound();
  });
}

test("an abort ends the call", async () => {
  const controller = new AbortController();
  const call = run("import time\ntime.sleep(60)", { signal: controller.signal });
  setTimeout(() => controller.abort(), 100);
  assert.equal((await call).error?.kind, "cancelled");
  assert.equal((await run("result = 1", { signal: AbortSignal.abort() })).error?.kind, "cancelled");
  await sound();
});

test("threads that go on do not hold the step, their interpreter serves nobody else", async () => {
  const code =
    "import threading, time, os\nthreading.Thread(target=time.sleep, args=(60,)).start()\nresult = os.getpid()";
  const { data } = await run(code);
  assert.notEqual((await run("import os\nresult = os.getpid()")).data, data);
  await sound();
});

test("children that go on and chatter do not get into later output", async () => {
  const { status } = await run(
    "import subprocess\nsubprocess.Popen('while sleep 0.01; do echo noise; done', shell=True)\nresult = 1",
  );
  assert.equal(status, "ok");
  await sleep(50);
  await sound();
});

test("a forked copy of the interpreter ends where the code ends", async () => {
  const { data, stdout } = await run(
    "import os\npid = os.fork()\nif pid:\n  os.waitpid(pid, 0)\nelse:\n  print('child', flush=True)\nresult = pid > 0",
  );
  assert.equal(data, true);
  assert.equal(stdout, "child\n");
  await sound();
});

test("a daemon that leaves the group and closes everything lives on, the step does not wait for it", async () => {
  const code =
    "import os, time\npid = os.fork()\nif pid == 0:\n  os.setsid()\n  os.closerange(0, 1024)\n  time.sleep(60)\n  os._exit(0)\nresult = pid";
  const { data } = await run(code);
  assert.ok(isAlive(Number(data)));
  kill(Number(data), "SIGKILL");
  await sound();
});

test("closed and redirected descriptors and streams are mended", async () => {
  await run("import os\nos.close(0)\nos.close(1)\nos.close(2)\nresult = 1");
  await sound();
  await run(
    "import sys, os\nsys.stdout.close()\nsys.stderr.close()\nos.dup2(os.open('/dev/null', os.O_WRONLY), 1)\nresult = 1",
  );
  await sound();
  const { stdout } = await run("import os\nos.system('echo from a program')");
  assert.equal(stdout, "from a program\n");
});

test("code that closes the channel itself loses its interpreter, nothing more", async () => {
  assert.equal(
    (
      await run(
        "import os, threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\nos.closerange(3, 4096)\nresult = 1",
      )
    ).error?.kind,
    "process",
  );
  await sound();
});

test("stdin is empty, and writing to the channel's first numbers harms nobody", async () => {
  assert.equal((await run("import sys\nresult = sys.stdin.read()")).data, "");
  assert.equal((await run("input()")).error?.code, "PY_EOFError");
  const { data } = await run(
    "import os\nfor fd in (3, 4):\n  try:\n    os.write(fd, b'x')\n  except OSError:\n    pass\nresult = 'ok'",
  );
  assert.equal(data, "ok");
});

test("alarms, limits and log handlers of one call are not those of the next", async () => {
  await run(
    "import signal, sys, logging\nsignal.alarm(1)\nsys.setrecursionlimit(100)\nlogging.basicConfig(level=logging.DEBUG, format='old %(message)s')\nresult = 1",
  );
  const { data, stderr } = await run(
    "import sys, logging, time\nlogging.basicConfig(level=logging.INFO, format='new %(message)s')\nlogging.info('x')\ntime.sleep(1.1)\nresult = sys.getrecursionlimit() > 500",
  );
  assert.equal(data, true);
  assert.equal(stderr, "new x\n");
});

test("an interpreter that cannot be put in order sends the next call to another", async () => {
  const { data: first } = await run("import os\nresult = os.getpid()\nos.chdir = None");
  const { data: second } = await run("import os\nresult = os.getpid()");
  assert.equal(typeof second, "number");
  assert.notEqual(first, second);
});

test("what is said as names go belongs to the call", async () => {
  const { stdout } = await run(
    "class Goes:\n  def __del__(self):\n    print('bye', end='')\ngoes = Goes()\nresult = 1",
  );
  assert.equal(stdout, "bye");
  await sound();
});

// A signal that tells of data may come after the data was read, and then ends a call that runs.
test("no descriptor that data comes on sends signals", { skip: process.platform !== "linux" }, async () => {
  const { data } = await run(`import fcntl, os
def signals(fd):
  try:
    return fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ASYNC != 0
  except OSError:
    return False
requests, answers, lifeline = 100, 101, 102
result = [signals(fd) for fd in (0, 1, 2, requests, answers, lifeline)]`);
  assert.deepEqual(data, [false, false, false, false, false, true]);
});

test("fifty megabytes come back whole", async () => {
  const { data } = await run("result = {'text': 'ü' * 25_000_000, 'rows': [[i, str(i)] for i in range(100_000)]}");
  const { text, rows } = data as { text: string; rows: [number, string][] };
  assert.equal(text.length, 25_000_000);
  assert.deepEqual(rows[99_999], [99_999, "99999"]);
  await sound();
});

test("output of many megabytes is shown whole and kept at its end", async () => {
  const shown = { length: 0 };
  const onOutput = (_stream: string, text: string) => {
    shown.length += text.length;
  };
  const own = testHost({ resources: host.resources, onOutput });
  const { stdout } = await own.run(pythonTool, { code: "for i in range(200_000):\n  print('line', i)" });
  assert.equal(
    shown.length,
    Array.from({ length: 200_000 }, (_, i) => `line ${i}\n`.length).reduce((a, b) => a + b),
  );
  assert.ok(stdout?.startsWith("… "));
  assert.ok(stdout?.endsWith("line 199998\nline 199999\n"));
  assert.ok((stdout?.length ?? 0) < 70_000);
});

test("output is live", async () => {
  const seen: string[] = [];
  let release = (_: unknown) => {};
  const first = new Promise((resolve) => {
    release = resolve;
  });
  const controller = new AbortController();
  const own = testHost({
    resources: host.resources,
    onOutput: (_stream, text) => {
      seen.push(text);
      release(text);
    },
  });
  const call = own.run(
    pythonTool,
    { code: "import time\nprint('now')\ntime.sleep(60)" },
    { signal: controller.signal },
  );
  await first;
  controller.abort();
  await call;
  assert.deepEqual(seen, ["now\n"]);
});

test("a megabyte-sized result below a megabyte-sized input", async () => {
  const rows = Array.from({ length: 50_000 }, (_, id) => ({ id, name: `n${id}` }));
  const { data } = await run("result = [r['id'] for r in rows]", { input: { rows } });
  assert.equal((data as number[]).length, 50_000);
});
