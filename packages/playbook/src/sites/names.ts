import type { Playbook } from "../model.ts";

/** Names that templates know without the document defining them (DSL §7.1). */
export const ENGINE_NAMES: ReadonlySet<string> = new Set([
  ...["workload", "ctx", "iter", "step", "steps", "input", "args", "output", "outcome", "result", "response", "error"],
  ...["event", "loop", "loop_index", "_prev", "_task", "_attempt", "results", "_results", "keychain", "env"],
  ...["execution_id", "catalog_id", "path", "version", "job", "payload", "parent_execution_id", "server_url"],
  ...["vars", "spec", "now", "__frame_max_rows"],
]);

/** No step, iterator or task may hide these (DSL §7.1). */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  ...["workload", "ctx", "iter", "step", "steps", "input", "args", "output", "outcome", "result", "results"],
  ...["response", "error", "event", "loop", "keychain", "env", "execution_id", "job", "payload"],
]);

/** Functions of templates (DSL §8.7), which look like names. */
export const GLOBALS: ReadonlySet<string> = new Set([
  ...["now", "range", "dict", "token", "uuid", "namespace", "cycler", "joiner", "lipsum"],
]);

/**
 * Roots of which a span in `code` renders (DSL §8.8, decision 1): engine names, workload keys, steps, iterators.
 * `__frame_…` and `__cursor_…` are locals of cursor loops.
 */
export function knownRoots(playbook: Playbook): (name: string) => boolean {
  const names = new Set(Object.keys(playbook.workload));
  for (const step of playbook.workflow) {
    names.add(step.step);
    if (step.loop) names.add(step.loop.iterator);
  }
  return (name) => ENGINE_NAMES.has(name) || names.has(name) || isCursorLocal(name);
}

export function isCursorLocal(name: string): boolean {
  return name.startsWith("__frame_") || name.startsWith("__cursor_");
}
