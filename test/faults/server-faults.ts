import assert from "node:assert/strict";
import { parentPort } from "node:worker_threads";
import type { Bus } from "@noetl/bus";
import { snowflakes } from "@noetl/core";
import type { LogEvent } from "@noetl/engine";
import { openDefinitions } from "@noetl/server";
import { openMemoryStore, type Store } from "@noetl/store";
import { createRegistry, type Registry } from "@noetl/tools";
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

/** What the tests ask: a fault at every call of this port, in runs of this playbook. */
export interface Question {
  playbook: string;
  port: Fate["port"];
}

interface Came {
  calls: number;
  hit: string | undefined;
  failure: string | undefined;
  /** how the run ended */
  end: LogEvent | undefined;
}

interface Fate {
  port: "store" | "bus" | "tools";
  nth: number;
  fault: Fault;
}

const NEVER = { nth: 0, fault: "fails" } as const;

/** The port of the fate counts, the others do not. */
function portsOf(
  { port, nth, fault }: Fate,
  ports: { store: Store; bus: Bus; tools: Registry },
  then: () => void,
): { store: Store; bus: Bus; tools: Registry; counted(): Pick<Came, "calls" | "hit"> } {
  if (port === "store") {
    const counted = faultAt(ports.store, nth, fault, then);
    return { ...ports, store: counted.port, counted: () => counted };
  }
  if (port === "bus") {
    const counted = faultAt(ports.bus, nth, fault, then);
    return { ...ports, bus: counted.port, counted: () => counted };
  }
  const work = ports.tools.list().find(({ kind }) => kind === "work");
  if (!work) throw new Error("there is no tool to fail");
  const counted = faultAt({ execute: work.execute }, nth, fault, then);
  const others = ports.tools.list().filter((tool) => tool !== work);
  const tools = createRegistry([...others, { ...work, execute: (call) => counted.port.execute(call) }]);
  return { ...ports, tools, counted: () => counted };
}

/** One server and one worker, in fair weather but for one call of a port. */
async function world(scenario: Scenario, wanted: LogEvent[][], fate: Fate): Promise<Came> {
  const time = virtualTime(START);
  const restore = time.install();
  const { clock } = time;
  const memory = await openMemoryStore({ clock, ids: snowflakes({ clock, machine: 1_000 }) });
  try {
    const note = () => {};
    const chance = chanceOf(SEED);
    const definitions = openDefinitions(simulatedTools(SEED, 0, true));
    const watch = watchStore(memory, definitions, time, note);
    let kill = () => {};
    const store = withoutSchedules(observedStore(watch.store, time));
    const given = { store, bus: faultyBus(time, fair, chance), tools: simulatedTools(SEED, 0, true) };
    const { counted, ...ports } = portsOf(fate, given, () => {
      if (fate.fault === "hangs") time.after(KILLED_AFTER, () => kill());
    });
    for (const [path, content] of Object.entries(scenario.texts)) {
      await memory.catalog.register({ path, kind: "playbook", content });
    }
    const common = { ...ports, weather: fair, time, note, chance };
    const overBus = fate.port === "bus";
    const servers = simulatedServers({ ...common, count: 1, mode: overBus ? "broker" : "poll" });
    const workers = simulatedWorkers({ ...common, count: 1, mode: overBus ? "bus" : "poll", servers });
    kill = () => {
      if (fate.port !== "tools") servers.crash();
      if (fate.port !== "store") workers.crash();
    };
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
    const end = watch.runs.get(id ?? "")?.events.findLast(({ type }) => type.startsWith("playbook."));
    const { calls, hit } = counted();
    const told = (failure: string | undefined): Came => ({ calls, hit, failure, end });
    if (!came) return told("not everything ended");
    await time.run(() => false, clock.now() + KILLED_AFTER);
    if (watch.broken) return told(watch.broken.message);
    const logs = [...watch.runs.values()].map((run) => run.events);
    // The server died before the run had begun, and the client came back too late.
    const [first] = logs[0] ?? [];
    if (first?.type === "playbook.failed" && first.error.code === "NEVER_BEGAN") return told(undefined);
    const compare = scenario.manner === "concurrent" ? differenceOfSteps : difference;
    return told(wanted.map((log, index) => compare(logs[index] ?? [], log)).find((found) => found !== undefined));
  } finally {
    restore();
    await memory.close();
  }
}

/** A fault at every call of the port, one world each; throws at the first one that does not come to the right end. */
async function faultsOfPort(scenario: Scenario, port: "store" | "bus"): Promise<void> {
  const wanted = await referenceLogs(scenario, SEED, 0, START);
  const well = await world(scenario, wanted, { port, ...NEVER });
  assert.equal(well.failure, undefined);
  assert.ok(well.calls > 0);
  for (const fault of ["fails", "lost", "hangs"] as const) {
    for (let nth = 1; nth <= well.calls; nth++) {
      const { hit, failure } = await world(scenario, wanted, { port, nth, fault });
      assert.equal(failure, undefined, `call ${nth} of ${well.calls}, ${hit}, ${fault}: ${failure}`);
    }
  }
}

async function faultsOfTools(scenario: Scenario): Promise<void> {
  const wanted = await referenceLogs(scenario, SEED, 0, START);
  const well = await world(scenario, wanted, { port: "tools", ...NEVER });
  assert.equal(well.failure, undefined);
  assert.ok(well.calls > 0);
  for (let nth = 1; nth <= well.calls; nth++) {
    // The worker is killed with it: another one does it again.
    const hung = await world(scenario, wanted, { port: "tools", nth, fault: "hangs" });
    assert.equal(hung.failure, undefined, `call ${nth} of ${well.calls} hangs: ${hung.failure}`);
    // A tool that throws is an error of its step, whatever it has done before.
    for (const fault of ["fails", "lost"] as const) {
      const { end } = await world(scenario, wanted, { port: "tools", nth, fault });
      assert.equal(end?.type, "playbook.failed", `call ${nth} ${fault}`);
      assert.match(end.error.message, /was (not )?done/);
    }
  }
}

parentPort?.on("message", async ({ playbook, port }: Question) => {
  try {
    const scenario = PLAYBOOKS[playbook];
    assert.ok(scenario, playbook);
    await (port === "tools" ? faultsOfTools(scenario) : faultsOfPort(scenario, port));
    parentPort?.postMessage({});
  } catch (error) {
    parentPort?.postMessage({ error });
  }
});
