import type { JsonObject } from "@noetl/core";
import type { Names } from "@noetl/template";
import { own } from "./own.ts";
import type { Iteration, ScopeInput } from "./types.ts";
import { ctxView, stepsView } from "./view/records.ts";
import { stepView } from "./view/step.ts";

/** The lookup chain of DSL §7.2; nothing is copied, nothing is made before it is asked for. */
export function namesOf(input: ScopeInput): Names {
  return { lookup: (name) => namespace(input, name) ?? chain(input, name) };
}

/** Explicit namespaces skip the chain. */
function namespace(input: ScopeInput, name: string): unknown {
  switch (name) {
    case "workload":
      return input.workload;
    case "ctx":
      return ctxView(input);
    case "steps":
      return stepsView(input);
    default:
      return undefined;
  }
}

function chain(input: ScopeInput, name: string): unknown {
  const { locals, iteration, stepLocals, ctx, workload, engine } = input;
  let value = locals && own(locals, name);
  if (value !== undefined) return value;
  if (iteration) {
    value = iterationName(iteration, name);
    if (value !== undefined) return value;
  } else if (name === "iter") {
    // outside of a loop `iter.x` is `step.x` (DSL §15.2)
    return stepLocals;
  }
  if (stepLocals) {
    value = name === "step" ? stepLocals : own(stepLocals, name);
    if (value !== undefined) return value;
  }
  value = own(ctx, name);
  if (value !== undefined) return value;
  const record = input.result(name);
  value = record && stepView(record, input.body);
  if (value !== undefined) return value;
  value = own(workload, name);
  return value === undefined ? own(engine, name) : value;
}

function iterationName(iteration: Iteration, name: string): unknown {
  const { index, total } = iteration;
  switch (name) {
    case "iter":
      return iterOf(iteration);
    case "loop":
      return { index, first: index === 0, last: isLast(iteration), length: total, done: false };
    case "loop_index":
      return index;
    case iteration.iterator:
      return iteration.item;
    default:
      return own(iteration.vars, name);
  }
}

/** DSL §7.3 */
function iterOf(iteration: Iteration): JsonObject {
  const { iterator, item, index, total, vars } = iteration;
  const first = index === 0;
  const last = isLast(iteration);
  return {
    index,
    total,
    first,
    last,
    parent: null,
    ...vars,
    _index: index,
    _total: total,
    _first: first,
    _last: last,
    [iterator]: item,
  };
}

function isLast({ index, total }: Iteration): boolean {
  return total !== null && index === total - 1;
}
