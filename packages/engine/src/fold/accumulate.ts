import type { OutputSpec } from "@noetl/playbook";
import type { LoopGather, LoopPart } from "@noetl/scope";

type Parts = (LoopPart | null)[];

/**
 * `output.accumulate` of a loop (DSL §21.4) as far as it needs no bodies: `replace` keeps the last part, `max_items`
 * truncates. `append` is the aggregate itself; for `concat` and `merge` the view gets told how. Frames of a cursor come
 * accumulated: only their maps are left to merge.
 */
export function accumulated(
  output: OutputSpec | undefined,
  parts: Parts,
  cursor: boolean,
): { parts: Parts; truncated: boolean; gather?: LoopGather } {
  const spec = output?.accumulate;
  if (spec === undefined || spec.enabled === false) return { parts, truncated: false };
  const { strategy, merge_path: path } = spec;
  const limit = typeof spec.max_items === "string" ? Number(spec.max_items) : spec.max_items;
  const max = typeof limit === "number" && !Number.isNaN(limit) ? limit : Number.POSITIVE_INFINITY;
  if (strategy === "merge" || (strategy === "concat" && !cursor)) {
    const where = typeof path === "string" && path !== "" && !cursor ? { path } : {};
    return { parts, truncated: false, gather: { strategy, ...where, ...(Number.isFinite(max) && { max }) } };
  }
  const kept = strategy === "replace" ? parts.filter((part) => part !== null).slice(-1) : parts;
  return kept.length <= max ? { parts: kept, truncated: false } : { parts: kept.slice(0, max), truncated: true };
}
