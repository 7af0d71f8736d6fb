import type { Site } from "./names.ts";
import type { TaskPlan } from "./plan.ts";

/** Names the engine itself brings (DSL §7.1). */
const ENGINE = (
  "workload ctx iter step steps input args loop loop_index keychain env execution_id catalog_id path version job payload " +
  "parent_execution_id server_url vars spec now token uuid results _results _prev _task _attempt"
).split(" ");

/** Sets of names a task is seen with at most: beyond, a name was made up by data. */
const KEPT = 32;

/**
 * Which names begin a template inside code (decision 1): what the engine, the workload, steps, variables and the input of
 * this call bring. The same names give the same function, so that a compiled template is found again.
 */
export function knownRoots(site: Site, plan: TaskPlan): (name: string) => boolean {
  const { call, memory, item } = site;
  const { workload, steps } = call.command.context;
  const names = new Set([
    ...Object.keys(workload),
    ...Object.keys(steps),
    ...Object.keys(memory.ctx),
    ...Object.keys(memory.iter),
    ...Object.keys(memory.step),
    ...Object.keys(memory.locals),
    ...Object.keys(site.input ?? {}),
    ...Object.keys(item?.locals ?? {}),
    ...call.plan.labels.keys(),
    ...(item ? [item.iterator] : []),
  ]);
  const key = [...names].sort().join("\0");
  const known = plan.knownRoots.get(key);
  if (known) return known;
  for (const name of ENGINE) names.add(name);
  const predicate = (name: string) => names.has(name);
  if (plan.knownRoots.size >= KEPT) plan.knownRoots.clear();
  plan.knownRoots.set(key, predicate);
  return predicate;
}
