import type { OutputSpec } from "@noetl/playbook";
import type { LoopPart } from "@noetl/scope";

type Parts = (LoopPart | null)[];

/**
 * `output.accumulate` of a loop (DSL §21.4) as far as it needs no bodies: `replace` keeps the last part, `max_items`
 * truncates. `append` is the aggregate itself; `concat` and `merge` are views on it.
 */
export function accumulated(output: OutputSpec | undefined, parts: Parts): { parts: Parts; truncated: boolean } {
  const spec = output?.accumulate;
  if (spec === undefined || spec.enabled === false) return { parts, truncated: false };
  const kept = spec.strategy === "replace" ? parts.filter((part) => part !== null).slice(-1) : parts;
  const max = typeof spec.max_items === "string" ? Number(spec.max_items) : spec.max_items;
  if (typeof max !== "number" || Number.isNaN(max) || kept.length <= max) return { parts: kept, truncated: false };
  return { parts: kept.slice(0, max), truncated: true };
}
