import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertCompleted, assertTidy, noetl, playbook, type Ran, temporaryHome } from "./noetl.ts";

const posix = { skip: process.platform === "win32" && "uses POSIX signals" };

/** A time to sleep for that nobody else sleeps for, so that the sleepers can be found among the processes. */
function uncommonTime(): string {
  return `61.${process.pid}${Math.floor(Math.random() * 1_000)}`;
}

function isAsleep(time: string): boolean {
  return execFileSync("ps", ["-A", "-o", "stat=,args="], { encoding: "utf8" })
    .split("\n")
    .some((line) => line.includes(time) && !line.startsWith("Z"));
}

/** Runs, and is sent the signals: the first when the step has said `ready`, each other 300 ms after the one before. */
function interrupted(home: string, file: string, signals: readonly NodeJS.Signals[]): Promise<Ran> {
  return noetl(["run", file], {
    home,
    during(child) {
      let seen = "";
      child.stderr?.on("data", (chunk: Buffer) => {
        if (seen.includes("ready")) return;
        seen += chunk.toString();
        if (!seen.includes("ready")) return;
        void (async () => {
          for (const signal of signals) {
            child.kill(signal);
            await sleep(300);
          }
        })();
      });
    },
  });
}

/** Steps that do not end when they are asked to, by tool kind. */
const STUBBORN: { [kind: string]: (time: string) => string } = {
  shell: (time) => `trap '' TERM INT; sleep ${time} & echo ready; wait; sleep ${time}`,
  python: (time) =>
    [
      "import signal, subprocess",
      "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
      "signal.signal(signal.SIGINT, signal.SIG_IGN)",
      "print('ready', flush=True)",
      `subprocess.run(['sleep', '${time}'])`,
    ].join("\n"),
};

for (const [kind, code] of Object.entries(STUBBORN)) {
  test(`a first Ctrl-C ends a stubborn ${kind} step, exits 130 and leaves nobody behind`, posix, async (t) => {
    const home = await temporaryHome(t);
    const time = uncommonTime();
    const key = kind === "shell" ? "cmds" : "code";
    const tool = JSON.stringify({ kind, [key]: code(time) });
    await writeFile(join(home, "p.yaml"), playbook("p", `{step: a, tool: ${tool}}`));
    const ran = await interrupted(home, "p.yaml", ["SIGINT"]);
    assertTidy(ran);
    assert.equal(ran.code, 130, ran.stderr);
    assert.match(ran.stderr, /CANCELLED/);
    assert.equal(isAsleep(time), false);
  });

  test(`a second Ctrl-C does not wait for a stubborn ${kind} step, and leaves nobody behind`, posix, async (t) => {
    const home = await temporaryHome(t);
    const time = uncommonTime();
    const key = kind === "shell" ? "cmds" : "code";
    const tool = JSON.stringify({ kind, [key]: code(time) });
    await writeFile(join(home, "p.yaml"), playbook("p", `{step: a, tool: ${tool}}`));
    const ran = await interrupted(home, "p.yaml", ["SIGINT", "SIGINT"]);
    assertTidy(ran);
    assert.equal(ran.code, 130, ran.stderr);
    for (let waited = 0; isAsleep(time) && waited < 5_000; waited += 100) await sleep(100);
    assert.equal(isAsleep(time), false);
  });
}

test("after Ctrl-C the run is resumed where it was", posix, async (t) => {
  const home = await temporaryHome(t);
  await writeFile(
    join(home, "p.yaml"),
    playbook(
      "p",
      "{step: a, tool: {kind: shell, cmds: echo a >> ledger}, next: b}",
      "{step: b, tool: {kind: shell, cmds: 'test -e go || (echo ready; sleep 30); echo b >> ledger'}}",
    ),
  );
  assert.equal((await interrupted(home, "p.yaml", ["SIGINT"])).code, 130);
  await writeFile(join(home, "go"), "");
  const resumed = await noetl(["run", "p.yaml", "--resume"], { home });
  assertCompleted(resumed);
  assert.match(resumed.stderr, /kept: +a/);
});

test("a reader that goes away early is no error", posix, async (t) => {
  const home = await temporaryHome(t);
  const steps = '{step: a, loop: {in: "{{ range(300) }}", iterator: n}, tool: {kind: noop, result: "{{ iter.n }}"}}';
  await writeFile(
    join(home, "p.yaml"),
    playbook("p", steps, "{step: b, tool: {kind: shell, cmds: echo end > ledger}}"),
  );
  for (const closed of ["stdout", "stderr"] as const) {
    const ran = await noetl(["run", "p.yaml", "--events"], {
      home,
      during: (child) => child[closed]?.once("data", () => child[closed]?.destroy()),
    });
    assertTidy(ran);
    assert.equal(ran.code, 0, ran.stderr);
  }
});
