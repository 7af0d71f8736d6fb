import assert from "node:assert/strict";
import { test } from "node:test";
import { snowflakes } from "@noetl/core";
import type { LogEvent } from "@noetl/engine";
import { openDefinitions } from "@noetl/server";
import { openMemoryStore } from "@noetl/store";
import { faultyBus } from "../simulation/bus.ts";
import { chanceOf } from "../simulation/chance.ts";
import { difference, differenceOfSteps } from "../simulation/compare.ts";
import { fair, observedStore, withoutSchedules } from "../simulation/faults.ts";
import { faultyLink, insist } from "../simulation/plane.ts";
import { MAIN, type Scenario } from "../simulation/playbooks.ts";
import { referenceLogs } from "../simulation/reference.ts";
import { simulatedServers } from "../simulation/server.ts";
import { virtualTime } from "../simulation/time.ts";
import { simulatedTools } from "../simulation/tools.ts";
import { watchStore } from "../simulation/watch.ts";
import { simulatedWorkers } from "../simulation/worker.ts";
import { type Fault, faultAt } from "./nth.ts";
import { PLAYBOOKS } from "./playbooks.ts";

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
/** A server whose store does not answer is killed by whoever looks after it, ms. */
const KILLED_AFTER = 90_000;
/** One with short calls: every call of the store counts. */
const SEED = "b";

interface Came {
  calls: number;
  hit: string | undefined;
  failure: string | undefined;
}

/** One server and one worker, in fair weather but for one call of the store. */
async function world(scenario: Scenario, wanted: LogEvent[][], nth: number, fault: Fault): Promise<Came> {
  const time = virtualTime(START);
  const restore = time.install();
  const { clock } = time;
  const memory = await openMemoryStore({ clock, ids: snowflakes({ clock, machine: 1_000 }) });
  try {
    const tools = simulatedTools(SEED, 0, true);
    const note = () => {};
    const watch = watchStore(memory, openDefinitions(tools), time, note);
    let kill = () => {};
    const counted = faultAt(withoutSchedules(observedStore(watch.store, time)), nth, fault, () => {
      if (fault === "hangs") time.after(KILLED_AFTER, () => kill());
    });
    for (const [path, content] of Object.entries(scenario.texts)) {
      await memory.catalog.register({ path, kind: "playbook", content });
    }
    const chance = chanceOf(SEED);
    const bus = faultyBus(time, fair, chance);
    const common = { bus, tools, weather: fair, time, note, chance };
    const servers = simulatedServers({ ...common, count: 1, mode: "poll", store: counted.store });
    simulatedWorkers({ ...common, count: 1, mode: "poll", servers });
    kill = servers.crash;
    const link = faultyLink({ servers, life: { alive: true, pausedUntil: 0 }, weather: fair, chance, time });
    let id: string | undefined;
    const input = { path: MAIN, payload: {}, dedup: { key: "run", window_ms: HOUR } };
    void insist(time, chance, () => link.ask("start", ({ context }) => context.runs.start(input)), note).then(
      (started) => {
        id = started.execution_id;
      },
    );
    const ended = () =>
      watch.broken !== undefined || (id !== undefined && [...watch.runs.values()].every((run) => run.ended));
    const came = await time.run(ended, START + HOUR);
    const { calls, hit } = counted;
    if (!came) return { calls, hit, failure: "not everything ended" };
    await time.run(() => false, clock.now() + KILLED_AFTER);
    if (watch.broken) return { calls, hit, failure: watch.broken.message };
    const logs = [...watch.runs.values()].map((run) => run.events);
    // The server died before the run had begun, and the client came back too late.
    const [first] = logs[0] ?? [];
    if (first?.type === "playbook.failed" && first.error.code === "NEVER_BEGAN")
      return { calls, hit, failure: undefined };
    const compare = scenario.manner === "concurrent" ? differenceOfSteps : difference;
    const failure = wanted.map((log, index) => compare(logs[index] ?? [], log)).find((found) => found !== undefined);
    return { calls, hit, failure };
  } finally {
    restore();
    await memory.close();
  }
}

for (const [name, scenario] of Object.entries(PLAYBOOKS)) {
  test(`a server, a fault at every call of its store: ${name}`, async () => {
    const wanted = await referenceLogs(scenario, SEED, 0, START);
    const well = await world(scenario, wanted, 0, "fails");
    assert.equal(well.failure, undefined);
    for (const fault of ["fails", "lost", "hangs"] as const) {
      for (let nth = 1; nth <= well.calls; nth++) {
        const { hit, failure } = await world(scenario, wanted, nth, fault);
        assert.equal(failure, undefined, `call ${nth} of ${well.calls}, ${hit}, ${fault}: ${failure}`);
      }
    }
  });
}
