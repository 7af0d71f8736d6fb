import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isNoetlError, snowflakes } from "@noetl/core";
import { type Host, type RunOutcome, runPlaybook } from "@noetl/runner";
import { openMemoryStore, type Store } from "@noetl/store";
import { createRegistry, type Registry } from "@noetl/tools";
import { observedStore } from "../simulation/faults.ts";
import { MAIN, type Scenario } from "../simulation/playbooks.ts";
import { readsFiles } from "../simulation/reference.ts";
import { type VirtualTime, virtualTime } from "../simulation/time.ts";
import { simulatedTools } from "../simulation/tools.ts";
import { type Fault, faultAt } from "./nth.ts";
import { PLAYBOOKS } from "./playbooks.ts";

/** How long a run of no duration may take before it is said to hang, ms. */
const PATIENCE = 600_000;
const SEED = "faults";

interface Did {
  execution_id: string;
  call: string;
}

/** The tools, and what they did. */
function countedTools(): { registry: Registry; did: Did[] } {
  const did: Did[] = [];
  const tools = simulatedTools(SEED, 0, false);
  const list = tools.list().map((tool) =>
    tool.kind !== "work"
      ? tool
      : {
          ...tool,
          execute(call: Parameters<typeof tool.execute>[0]) {
            const { execution_id, step, iteration, task } = call.env.site;
            const item = iteration === undefined ? "" : `.${iteration}`;
            if (task !== "two") did.push({ execution_id, call: `${step}#1${item}` });
            return tool.execute(call);
          },
        },
  );
  return { registry: createRegistry(list), did };
}

/** What `work` comes to; `undefined` = it hangs. */
async function settled<T>(time: VirtualTime, work: Promise<T>): Promise<{ value: T } | undefined> {
  let is = false;
  const end = () => {
    is = true;
  };
  work.then(end, end);
  const limit = time.clock.now() + PATIENCE;
  return (await time.run(() => is, limit)) ? { value: await work } : undefined;
}

function hostOver(store: Store, registry: Registry, folder: string, world: World): Host {
  const { clock } = world.time;
  // All are this process, at one virtual moment: as machines of their own they make no id twice.
  world.processes += 1;
  return {
    store,
    registry,
    clock,
    ids: snowflakes({ clock, machine: world.processes }),
    random: { next: () => 0.5 },
    env: {},
    workingDirectory: folder,
    dataDirectory: folder,
    remotePlaybook: async (path) => world.scenario.texts[path],
  };
}

/** Calls that a log calls done, by the path of its playbook. */
async function finished(store: Store): Promise<string[]> {
  const runs = await store.executions.list({ limit: 100 });
  const found = runs.map(async (run) => {
    const events = await store.log.load(run.execution_id);
    return events.flatMap((event) => (event.type === "call.done" ? [`${run.path} ${event.command_id}`] : []));
  });
  return (await Promise.all(found)).flat();
}

interface World {
  scenario: Scenario;
  time: VirtualTime;
  /** that ran so far */
  processes: number;
}

async function attempt(scenario: Scenario, nth: number, fault: Fault) {
  const folder = await mkdtemp(join(tmpdir(), "noetl-faults-"));
  const time = virtualTime(Date.UTC(2026, 0, 1), readsFiles);
  // Timers of a run whose store never answers are never fired.
  const restore = time.install();
  const memory = await openMemoryStore({ clock: time.clock });
  try {
    return await inWorld({ scenario, time, processes: 0 }, observedStore(memory, time), folder, nth, fault);
  } finally {
    restore();
    await memory.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function inWorld(world: World, store: Store, folder: string, nth: number, fault: Fault) {
  const { time, scenario } = world;
  const { registry, did } = countedTools();
  const options = { file: "main.yaml", text: scenario.texts[MAIN] ?? "" };
  const counted = faultAt(store, nth, fault);
  const name = () => `call ${nth}, ${counted.hit}, ${fault}`;
  let outcome: RunOutcome | undefined;
  try {
    const first = await settled(time, runPlaybook(hostOver(counted.port, registry, folder, world), options));
    // A process whose store never answers is killed; nobody waits for what it had begun.
    assert.ok(first || fault === "hangs", `${name()}: the run hangs`);
    outcome = first?.value;
  } catch (error) {
    assert.ok(isNoetlError(error) && error.code === "SIMULATED", `${name()}: ${error}`);
  }
  const done = new Set(await finished(store));
  const before = did.length;
  await rm(join(folder, "running"), { recursive: true, force: true });
  const runs = await store.executions.list({ parent: null });
  if (outcome?.status !== "COMPLETED" && runs[0]?.status !== "COMPLETED") {
    const resume = runs.some((run) => run.seq > 0) ? { resume: {} } : {};
    const again = runPlaybook(hostOver(store, registry, folder, world), { ...options, ...resume });
    outcome = (await settled(time, again))?.value;
    assert.equal(outcome?.status, "COMPLETED", `${name()}, resumed`);
  }
  const paths = new Map((await store.executions.list({ limit: 100 })).map((run) => [run.execution_id, run.path]));
  for (const { execution_id, call } of did.slice(before)) {
    assert.ok(!done.has(`${paths.get(execution_id)} ${call}`), `${name()}: ${call} ran again`);
  }
  return { calls: counted.calls, result: outcome?.result };
}

for (const [name, scenario] of Object.entries(PLAYBOOKS)) {
  test(`the local runner, a fault at every call of its store: ${name}`, async () => {
    const well = await attempt(scenario, 0, "fails");
    for (const fault of ["fails", "lost", "hangs"] as const) {
      for (let nth = 1; nth <= well.calls; nth++) {
        const { result } = await attempt(scenario, nth, fault);
        if (result !== undefined) assert.deepEqual(result, well.result, `call ${nth} ${fault}`);
      }
    }
  });
}
