import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogEvent } from "@noetl/engine";
import { type ListedRun, listRuns, openHost } from "@noetl/runner";
import { assertClear, assertCompleted, noetl, type Ran, temporaryHome } from "./noetl.ts";

const posix = { skip: process.platform === "win32" && "uses POSIX signals" };
/** Chains of killed and resumed runs; more than the default when hunting. */
const CHAINS = Number(process.env.NOETL_ABUSE_CHAINS ?? 3);
const KILLS = 5;

/** Every call that really runs leaves its name and its round in the ledger. */
const note = (call: string) => `echo "${call} $ROUND" >> "$LEDGER"`;

const PARENT = `
apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: parent, path: abuse/parent}
workload: {round: 0}
workflow:
  - step: first
    tool: {kind: shell, cmds: '${note("parent/first#1")}'}
    next: each
  - step: each
    loop: {in: "{{ range(6) }}", iterator: n, mode: parallel, spec: {max_in_flight: 2}}
    tool: {kind: shell, cmds: '${note("parent/each#1.{{ iter.n }}")}; sleep 0.05; echo {{ iter.n }}'}
    next: both
  - step: both
    tool:
      - a: {kind: shell, cmds: '${note("parent/both#1")}; sleep 0.05'}
      - b: {kind: noop, result: {b: 1}}
    next: call
  - step: call
    tool: {kind: playbook, path: ./child.yaml}
    next: last
  - step: last
    tool: {kind: shell, cmds: '${note("parent/last#1")}; sleep 0.05; echo "last {{ each.stats.success }}"'}
`;
const CHILD = `
apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: child, path: abuse/child}
workflow:
  - step: inner
    tool: {kind: shell, cmds: '${note("child/inner#1")}; sleep 0.05'}
    next: outer
  - step: outer
    loop: {in: "{{ range(4) }}", iterator: n, mode: sequential}
    tool: {kind: shell, cmds: '${note("child/outer#1.{{ iter.n }}")}; sleep 0.03'}
`;
const CALLS = [
  "parent/first#1",
  ...[0, 1, 2, 3, 4, 5].map((n) => `parent/each#1.${n}`),
  "parent/both#1",
  "child/inner#1",
  ...[0, 1, 2, 3].map((n) => `child/outer#1.${n}`),
  "parent/last#1",
];

test("killed at any moment and resumed: nothing is lost, nothing finished is run again", posix, async (t) => {
  for (let chain = 0; chain < CHAINS; chain++) {
    await t.test(`chain ${chain + 1}`, async (t) => {
      const home = await temporaryHome(t);
      await writeFile(join(home, "parent.yaml"), PARENT);
      await writeFile(join(home, "child.yaml"), CHILD);
      await writeFile(join(home, "ledger"), "");
      const delays: number[] = [];
      let started = false;
      let last: Ran;
      for (let round = 1; ; round++) {
        const delay = round > KILLS ? undefined : moment();
        last = await runRound(home, { round, resume: started, delay });
        if (last.signal !== "SIGKILL") break;
        delays.push(delay ?? 0);
        started ||= await readRuns(home, (runs) => runs.some(({ events }) => events.length > 0));
      }
      const context = `killed after ${delays.join(", ")} ms of running`;
      // Killed between its end and its exit: then there is nothing to resume.
      if (last.code === 3) assertClear(last, 3, /no unfinished or failed run .*\n.*last run completed/);
      else assertCompleted(last);
      await audit(home, context);
    });
  }
});

/** Half of the moments are near the start, where a resumed run takes over what an earlier one did. */
function moment(): number {
  return Math.round(Math.random() * (Math.random() < 0.5 ? 60 : 600));
}

/** One process: runs, or resumes what ran before. Killed `delay` ms after it said its first word. */
function runRound(home: string, options: { round: number; resume: boolean; delay: number | undefined }): Promise<Ran> {
  const { round, resume, delay } = options;
  return noetl(["run", "parent.yaml", "--set", `round=${round}`, ...(resume ? ["--resume"] : [])], {
    home,
    env: { ROUND: String(round), LEDGER: join(home, "ledger") },
    during(child) {
      if (delay === undefined) return;
      child.stderr?.once("data", () => void sleep(delay).then(() => child.kill("SIGKILL")));
    },
  });
}

/** What ran, compared with what the logs said was finished by then. */
async function audit(home: string, context: string): Promise<void> {
  const ran = (await readFile(join(home, "ledger"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => {
      const [call = "", round = "0"] = line.split(" ");
      return { call, round: Number(round) };
    });
  for (const call of CALLS)
    assert.ok(
      ran.some((entry) => entry.call === call),
      `${call} never ran; ${context}`,
    );
  const finished = await finishedCalls(home);
  for (const { call, round } of ran) {
    const before = finished.filter((entry) => entry.call === call && entry.round < round);
    assert.deepEqual(before, [], `${call} ran again in round ${round}; ${context}`);
  }
}

/** Calls that a log calls done, with the round of the process that wrote it. */
function finishedCalls(home: string): Promise<{ call: string; round: number }[]> {
  return readRuns(home, (runs) => {
    const rounds = new Map<string, number>();
    for (const { events } of runs) {
      const first = events[0];
      if (first?.type === "playbook.initialized" && first.depth === 0) {
        rounds.set(first.execution_id, Number(first.payload.round));
      }
    }
    return runs.flatMap(({ run, events }) => {
      const round = rounds.get(run.root_execution_id) ?? Number.POSITIVE_INFINITY;
      return events.flatMap((event) =>
        event.type === "call.done" ? [{ call: `${run.name}/${event.command_id.replace(/~\d+$/, "")}`, round }] : [],
      );
    });
  });
}

async function readRuns<T>(home: string, look: (runs: { run: ListedRun; events: LogEvent[] }[]) => T): Promise<T> {
  const host = await openHost({ env: { NOETL_HOME: join(home, "data") }, workingDirectory: home });
  try {
    const runs = await listRuns(host, { all: true, limit: 200 });
    return look(
      await Promise.all(runs.map(async (run) => ({ run, events: await host.store.log.load(run.execution_id) }))),
    );
  } finally {
    await host.store.close();
  }
}
