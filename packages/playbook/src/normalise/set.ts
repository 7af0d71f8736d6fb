import { keyOf, type MapNode, mapOf, type Node } from "../read/node.ts";
import type { Draft, Rewriting } from "./draft.ts";
import { put, take } from "./draft.ts";

const LEGACY = [
  ["vars", "vars"],
  ["set_ctx", "ctx"],
  ["set_iter", "iter"],
] as const;

/** Step `vars`, `set_ctx`, `set_iter` become entries of `set`; `vars` come first (DSL §25.1, §25.2). */
export function rewriteSet(draft: Draft, map: MapNode, { report }: Rewriting): void {
  const prefixed: [string, Node][] = [];
  for (const [key, scope] of LEGACY) {
    if (!draft.has(key)) continue;
    const where = keyOf(map, key);
    const value = take(draft, key)?.value;
    if (value === undefined) continue;
    report.legacy(where, key, `'set' with '${scope}.' in front of its keys`);
    if (value.type !== "map") {
      report.error("E_SET_TYPE", value, `'${key}' must be a map of names to values`);
      continue;
    }
    for (const [name, entry] of value.entries) {
      prefixed.push([name.startsWith(`${scope}.`) ? name : `${scope}.${name}`, entry.value]);
    }
  }
  if (prefixed.length === 0) return;
  const own = draft.get("set")?.value;
  const entries = new Map(mapOf(prefixed, map).entries);
  if (own?.type === "map") for (const [name, entry] of own.entries) entries.set(name, entry);
  put(draft, "set", mapOf(entries, own?.type === "map" ? own : (prefixed[0]?.[1] ?? map)));
}
