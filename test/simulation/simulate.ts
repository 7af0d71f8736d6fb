import { snowflakes } from "@noetl/core";
import type { LogEvent } from "@noetl/engine";
import { openDefinitions } from "@noetl/server";
import { openMemoryStore } from "@noetl/store";
import { faultyBus } from "./bus.ts";
import { type Chance, chanceOf, hashOf } from "./chance.ts";
import { difference, differenceOfSteps, wasGivenUp } from "./compare.ts";
import { observedStore, type Weather, weatherOf, withoutSchedules } from "./faults.ts";
import { faultyLink, insist, type Link } from "./plane.ts";
import { MAIN, type Scenario, scenarioOf } from "./playbooks.ts";
import { referenceLogs } from "./reference.ts";
import { simulatedServers } from "./server.ts";
import { type VirtualTime, virtualTime } from "./time.ts";
import { simulatedTools } from "./tools.ts";
import { type Watch, watchStore } from "./watch.ts";
import { simulatedWorkers } from "./worker.ts";

export interface Verdict {
  seed: number;
  /** what went wrong, absent when nothing did */
  failure?: string;
  manner: Scenario["manner"];
  /** stored events, all runs */
  events: number;
  /** of virtual time */
  seconds: number;
  /** of everything that happened: the same for the same seed */
  trace: number;
}

const START = Date.UTC(2026, 0, 1);
/** The weather is fair for most of it: a world in which nothing happens for so long stands still for ever. */
const STILL_MS = 2 * 3_600_000;
/** After the last run has ended: late reports must change nothing any more. */
const AFTERMATH_MS = 75_000;

/** One world: from its seed to its verdict. `say` is told what happens, with the virtual time. */
export async function simulate(seed: number, say: (line: string) => void = () => {}): Promise<Verdict> {
  const chance = chanceOf(`world ${seed}`);
  const scenario = scenarioOf(chance.stream("playbooks"));
  const failing = scenario.manner === "concurrent" ? 0 : chance.pick([0, 0.1, 0.3]);
  const weather = weatherOf(chance.stream("weather"), START);
  const wanted = scenario.manner === "wild" ? [] : await referenceLogs(scenario, `tools ${seed}`, failing, START);
  const time = virtualTime(START);
  const restore = time.install();
  try {
    return await inWorld({ seed, chance, scenario, failing, weather, wanted, time, say });
  } finally {
    restore();
  }
}

interface World {
  seed: number;
  chance: Chance;
  scenario: Scenario;
  failing: number;
  weather: Weather;
  wanted: LogEvent[][];
  time: VirtualTime;
  say(line: string): void;
}

async function inWorld(world: World): Promise<Verdict> {
  const { seed, chance, scenario, weather, time, say } = world;
  let trace = 0;
  const note = (what: string) => {
    const line = `${((time.clock.now() - START) / 1_000).toFixed(3).padStart(9)}  ${what}`;
    trace = hashOf(`${trace}${line}`);
    say(line);
  };
  const tools = simulatedTools(`tools ${seed}`, world.failing, true);
  const memory = await openMemoryStore({
    clock: time.clock,
    ids: snowflakes({ clock: time.clock, machine: 1_000 }),
  });
  const watch = watchStore(memory, openDefinitions(tools), time, note);
  const store = withoutSchedules(observedStore(watch.store, time));
  for (const [path, content] of Object.entries(scenario.texts)) {
    await memory.catalog.register({ path, kind: "playbook", content });
  }
  const mode = chance.pick(["poll", "notify", "broker"] as const);
  const bus = faultyBus(time, weather, chance.stream("bus"));
  const common = { bus, tools, weather, time, note };
  const servers = simulatedServers({
    ...common,
    count: chance.pick([1, 1, 2]),
    mode,
    store,
    chance: chance.stream("servers"),
  });
  const workers = simulatedWorkers({
    ...common,
    count: chance.between(1, 3),
    mode: mode === "poll" ? "poll" : "bus",
    servers,
    chance: chance.stream("workers"),
  });
  const life = { alive: true, pausedUntil: 0 };
  const link = faultyLink({ servers, life, weather, chance: chance.stream("clients"), time });
  const started = startRuns(world, link, note);
  disturb(world, () => {
    const ms = chance.between(1_000, 200_000);
    chance.pick([servers.crash, workers.crash, workers.drain, () => servers.pause(ms), () => workers.pause(ms)])();
  });

  const ended = () =>
    watch.broken !== undefined || (started.done() && [...watch.runs.values()].every((run) => run.ended));
  const stored = () => [...watch.runs.values()].reduce((sum, run) => sum + run.events.length, 0);
  let failure: string | undefined;
  for (let before = -1; before < stored(); ) {
    before = stored();
    if (await time.run(ended, time.clock.now() + STILL_MS)) break;
    failure = before < stored() ? undefined : stuck(watch, started.done());
  }
  const seconds = (time.clock.now() - START) / 1_000;
  if (failure === undefined && !watch.broken) {
    await time.run(() => watch.broken !== undefined, time.clock.now() + AFTERMATH_MS);
    failure = await audit(world, watch, memory, started.ids);
  }
  if (watch.broken) failure = `${watch.broken.message}\n${watch.broken.events.map(lineOf).join("\n")}`;
  await memory.close();
  return {
    seed,
    manner: scenario.manner,
    events: stored(),
    seconds,
    trace,
    ...(failure === undefined ? {} : { failure }),
  };
}

/** Clients that start runs, and in wild worlds cancel some. */
function startRuns(world: World, link: Link, note: (what: string) => void): { done(): boolean; ids: Set<string> } {
  const { chance, time, scenario } = world;
  const own = chance.stream("starts");
  const count = own.between(1, 3);
  const ids = new Set<string>();
  let answered = 0;
  for (let index = 0; index < count; index++) {
    const draws = own.stream(`client${index}`);
    const start = async () => {
      await time.clock.sleep(draws.between(0, 20_000));
      const input = { path: MAIN, payload: {}, dedup: { key: `run${index}`, window_ms: 86_400_000 } };
      const { execution_id } = await insist(
        time,
        draws,
        () => link.ask("start", ({ context }) => context.runs.start(input)),
        note,
      );
      ids.add(execution_id);
      note(`client: run ${execution_id} was accepted`);
      answered += 1;
      if (scenario.manner !== "wild" || !draws.hit(0.4)) return;
      await time.clock.sleep(draws.between(0, 120_000));
      note(`client: cancels ${execution_id}`);
      const force = draws.hit(0.3);
      await insist(
        time,
        draws,
        () => link.ask("cancel", ({ context }) => context.runs.cancel(execution_id, "by chance", force)),
        note,
      );
    };
    void start();
  }
  return { done: () => answered === count, ids };
}

/** Something happens to a process, now and then, until the weather is fair. */
function disturb({ chance, time, weather }: World, something: () => void): void {
  const own = chance.stream("disturbances");
  const next = () => {
    if (weather.crashEvery === Number.POSITIVE_INFINITY) return;
    time.after(own.between(1, 2 * weather.crashEvery), () => {
      if (time.clock.now() >= weather.until) return;
      something();
      next();
    });
  };
  next();
}

function stuck(watch: Watch, started: boolean): string {
  const open = [...watch.runs.values()].filter((run) => !run.ended);
  const lines = open.map((run) => {
    const pending = [...run.run.pending()].map((call) => `${call.command_id}/${call.attempt}`);
    const waiting = [...run.run.waiting()].map((call) => `${call.command_id} for ${call.wait.kind}`);
    return `${run.execution_id} is ${run.run.status}: open ${pending.join(", ") || "none"}; waits ${waiting.join(", ") || "for none"}`;
  });
  return ["not everything ended", ...(started ? [] : ["a client got no answer"]), ...lines].join("\n");
}

async function audit(
  { scenario, wanted }: World,
  watch: Watch,
  store: Awaited<ReturnType<typeof openMemoryStore>>,
  accepted: ReadonlySet<string>,
): Promise<string | undefined> {
  for (const id of accepted) if (!watch.runs.has(id)) return `run ${id} was accepted and is not there`;
  const callers = new Set<string>();
  const summaries = await store.executions.list({ limit: 1_000 });
  for (const summary of summaries.toReversed()) {
    const id = summary.execution_id;
    const watched = watch.runs.get(id);
    if (!watched) {
      // Its first transaction never came, and nobody was told that it would.
      if (accepted.has(id) || summary.seq > 0) return `run ${id} is not in the log`;
      continue;
    }
    if (summary.status !== watched.run.status) return `run ${id} is ${watched.run.status}, its row ${summary.status}`;
    if (summary.ended_at === null) return `run ${id} has ended, its row has no end`;
    const open = (await store.commands.list({ execution_id: id })).filter((row) =>
      ["PENDING", "CLAIMED", "RUNNING"].includes(row.status),
    );
    if (open[0]) return `run ${id} has ended, its command ${open[0].command_id} is ${open[0].status}`;
    const first = watched.events[0];
    if (first?.type !== "playbook.initialized" || !first.parent) continue;
    const caller = `${first.parent.execution_id}/${first.parent.command_id}`;
    if (callers.has(caller)) return `${caller} started two children`;
    callers.add(caller);
  }
  if (scenario.manner === "wild") return undefined;
  return compare(scenario, watch, accepted, wanted);
}

/** Each accepted run, with the runs it called, against the local runner's. */
function compare(
  scenario: Scenario,
  watch: Watch,
  accepted: ReadonlySet<string>,
  wanted: LogEvent[][],
): string | undefined {
  for (const root of accepted) {
    // A server that died before the run began may have left nothing but its end.
    if (watch.runs.get(root)?.events[0]?.type !== "playbook.initialized") continue;
    const family = [...watch.runs.values()].filter(({ events: [first] }) => {
      return first?.type === "playbook.initialized" && first.root_execution_id === root;
    });
    if (family.some((run) => wasGivenUp(run.events))) continue;
    if (scenario.manner === "concurrent") {
      const [main] = family.filter((run) => run.execution_id === root);
      const found = differenceOfSteps(main?.events ?? [], wanted[0] ?? []);
      if (found !== undefined) return `run ${root} differs from the local runner's, ${found}`;
      continue;
    }
    for (const [index, run] of family.entries()) {
      const found = difference(run.events, wanted[index] ?? []);
      if (found !== undefined) return `run ${run.execution_id} differs from the local runner's, ${found}`;
    }
  }
  return undefined;
}

function lineOf({ event_id: _id, execution_id, seq, ts, ...body }: LogEvent): string {
  return `  ${execution_id} ${String(seq).padStart(4)} ${((ts - START) / 1_000).toFixed(3)} ${JSON.stringify(body).slice(0, 300)}`;
}
