import type { Json, JsonObject } from "@noetl/core";
import type { Chance } from "./chance.ts";

/**
 * What may be expected of a run besides its invariants:
 *   `sequential`  one thing at a time: the log is that of the local runner, event for event
 *   `concurrent`  branches and parallel loops, no cycles: each step comes to the same, in some order
 *   `wild`        cycles, failures, children that nobody waits for, cancels: invariants alone
 */
export type Manner = "sequential" | "concurrent" | "wild";

export interface Scenario {
  manner: Manner;
  /** playbook texts by path; the first is the one that is started */
  texts: { [path: string]: string };
}

export const MAIN = "sim/main";

export function scenarioOf(chance: Chance): Scenario {
  const manner = chance.pick<Manner>(["sequential", "sequential", "concurrent", "wild"]);
  const children = chance.below(3);
  const paths = Array.from({ length: children }, (_, index) => `sim/child${index}`);
  const texts: { [path: string]: string } = {};
  texts[MAIN] = playbook(MAIN, manner, paths, chance.between(2, 6), chance);
  // A child calls only those behind it: calls end.
  paths.forEach((path, index) => {
    texts[path] = playbook(path, manner, paths.slice(index + 1), chance.between(1, 3), chance);
  });
  return { manner, texts };
}

function playbook(path: string, manner: Manner, children: string[], size: number, chance: Chance): string {
  const name = path.replace("/", "_");
  const workflow = Array.from({ length: size }, (_, at) => step(at, size, manner, children, chance));
  const final = manner === "wild" && chance.hit(0.2) ? { executor: { spec: { final_step: nameOf(size - 1) } } } : {};
  const document: JsonObject = {
    apiVersion: "noetl.io/v2",
    kind: "Playbook",
    metadata: { name, path },
    ...final,
    workflow,
  };
  return JSON.stringify(document, null, 1);
}

const nameOf = (at: number) => `s${at}`;

function step(at: number, size: number, manner: Manner, children: string[], chance: Chance): JsonObject {
  const counter = `n_${nameOf(at)}`;
  return {
    step: nameOf(at),
    tool: toolOf(at, manner, children, chance),
    ...loopOf(manner, chance),
    set: { [`ctx.${counter}`]: `{{ (ctx.${counter} | default(0)) + 1 }}` },
    ...nextOf(at, size, manner, chance),
    ...(manner === "wild" && chance.hit(0.1) ? { spec: { timeout_seconds: chance.pick([1, 30, 300]) } } : {}),
  };
}

function toolOf(at: number, manner: Manner, children: string[], chance: Chance): Json {
  const input = { n: `{{ ctx.n_${nameOf(at)} | default(0) }}` };
  const work = { kind: "work", input };
  const child = children.length > 0 && chance.hit(0.25) ? chance.pick(children) : undefined;
  if (child !== undefined) {
    if (manner === "wild" && chance.hit(0.3)) return { kind: "playbook", path: child };
    return { kind: "playbook", path: child, return_result: true, timeout: 100_000 };
  }
  if (!chance.hit(0.3)) return work;
  const retry = { do: "retry", attempts: 4, delay: chance.pick([0.1, 5, 60]) };
  // Text, because an object with a `then` looks like a promise.
  const rules: Json = JSON.parse(
    `[{"when": "{{ outcome.status == 'error' }}", "then": ${JSON.stringify(retry)}}, {"else": {"then": {"do": "continue"}}}]`,
  );
  return [{ first: { ...work, spec: { policy: { rules } } } }, { second: work }];
}

function loopOf(manner: Manner, chance: Chance): JsonObject {
  if (!chance.hit(0.35)) return {};
  const mode = manner === "sequential" || chance.hit(0.3) ? "sequential" : "parallel";
  const failure = chance.hit(0.5) ? { policy: { failure: { mode: "best_effort" } } } : {};
  const spec = { mode, ...(mode === "parallel" ? { max_in_flight: chance.between(1, 4) } : {}), ...failure };
  return { loop: { in: `{{ range(${chance.below(5)}) | list }}`, iterator: "item", spec } };
}

function nextOf(at: number, size: number, manner: Manner, chance: Chance): JsonObject {
  const room = size - at - 1;
  const forward = () => nameOf(at + 1 + chance.below(room));
  const arcs: JsonObject[] = [];
  if (manner === "sequential") {
    if (chance.hit(0.3)) arcs.push({ step: nameOf(chance.below(at + 1)), when: again(at, 0) });
    if (room > 0 && chance.hit(0.4)) arcs.push({ step: forward(), when: failed });
    if (room > 0) arcs.push({ step: nameOf(at + 1) });
    return arcs.length === 0 ? {} : { next: { spec: { mode: "exclusive" }, arcs } };
  }
  for (let index = 0; index < chance.between(1, 3); index++) {
    if (manner === "wild" && chance.hit(0.3)) arcs.push({ step: nameOf(chance.below(size)), when: again(at, index) });
    else if (room > 0) arcs.push({ step: forward(), ...(chance.hit(0.2) ? { when: failed } : {}) });
  }
  const mode = chance.hit(0.7) ? "inclusive" : "exclusive";
  return arcs.length === 0 ? {} : { next: { spec: { mode }, arcs } };
}

const failed = "{{ event.name == 'call.error' }}";

/** A way back that is taken three times at most: every cycle ends. */
function again(at: number, index: number): string {
  return `{{ output.p is defined and output.p[${index}] and (ctx.n_${nameOf(at)} | default(0)) < 3 }}`;
}
