import type { LogEvent } from "@noetl/engine";

/**
 * The events of a run in the one order that their causes allow and their places choose. Where nothing goes on at the same
 * time this is the order of the log. What is caused by what: within a step run everything that is not of one iteration by all
 * before it, everything of an iteration by what is not and by what was before it in that iteration; a step by the steps its
 * tokens come from; an iteration of a sequential loop by the one before; the first and the last event by all.
 */
export function causalOrder(events: readonly LogEvent[]): LogEvent[] {
  const waitsFor = causes(events);
  const keys = events.map(keyOf);
  const effects: number[][] = events.map(() => []);
  const open = waitsFor.map((causes, at) => {
    for (const cause of causes) effects[cause]?.push(at);
    return causes.size;
  });
  const ready = open.flatMap((count, at) => (count === 0 ? [at] : []));
  const ordered: LogEvent[] = [];
  while (ready.length > 0) {
    let best = 0;
    for (let at = 1; at < ready.length; at++) if (before(ready[at], ready[best], keys)) best = at;
    const [next = -1] = ready.splice(best, 1);
    const event = events[next];
    if (event) ordered.push(event);
    for (const effect of effects[next] ?? []) {
      open[effect] = (open[effect] ?? 0) - 1;
      if (open[effect] === 0) ready.push(effect);
    }
  }
  return ordered;
}

interface Place {
  step: string;
  run: number;
  iteration: number;
}

function placeOf(event: LogEvent): Place | undefined {
  if (!("step" in event) || !("run" in event)) return undefined;
  const { step, run } = event;
  return { step, run, iteration: "iteration" in event ? (event.iteration ?? -1) : -1 };
}

function keyOf(event: LogEvent): Place {
  return placeOf(event) ?? { step: "", run: 0, iteration: -1 };
}

function before(a: number | undefined, b: number | undefined, keys: readonly Place[]): boolean {
  const [one, other] = [keys[a ?? -1], keys[b ?? -1]];
  if (!one || !other) return false;
  if (one.step !== other.step) return one.step < other.step;
  if (one.run !== other.run) return one.run < other.run;
  if (one.iteration !== other.iteration) return one.iteration < other.iteration;
  return (a ?? 0) < (b ?? 0);
}

function causes(events: readonly LogEvent[]): Set<number>[] {
  /** by step run: what is of no iteration last, and of each iteration since */
  const runs = new Map<string, { whole: number; iterations: Map<number, number>; sequential: boolean }>();
  /** by step: its last event */
  const steps = new Map<string, number>();
  const found: Set<number>[] = [];
  let gate = -1;
  for (const [at, event] of events.entries()) {
    const mine = new Set<number>();
    const add = (cause: number | undefined) => cause !== undefined && cause >= 0 && mine.add(cause);
    found.push(mine);
    add(gate);
    const place = placeOf(event);
    if (!place) {
      for (let earlier = gate + 1; earlier < at; earlier++) add(earlier);
      gate = at;
      continue;
    }
    const key = `${place.step}#${place.run}`;
    const run = runs.get(key) ?? { whole: -1, iterations: new Map<number, number>(), sequential: true };
    runs.set(key, run);
    add(run.whole);
    if (event.type === "step.enter") for (const from of event.from) add(steps.get(from));
    if (event.type === "loop.started") run.sequential = event.max_in_flight === 1;
    if (place.iteration < 0) {
      for (const earlier of run.iterations.values()) add(earlier);
      run.iterations.clear();
      run.whole = at;
    } else {
      add(run.iterations.get(place.iteration));
      if (run.sequential) add(run.iterations.get(place.iteration - 1));
      run.iterations.set(place.iteration, at);
    }
    steps.set(place.step, at);
  }
  return found;
}
