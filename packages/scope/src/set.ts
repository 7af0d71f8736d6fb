import type { Json, JsonObject } from "@noetl/core";
import type { Names } from "@noetl/template";
import type { SetEntryLike, TemplateCache, TreeOptions } from "./api.ts";
import { isMap, own, withKey } from "./own.ts";
import { renderTree } from "./render.ts";
import type { Assignment } from "./types.ts";

/**
 * Renders the values of one `set` block (DSL §15.3): against the state before the block, or, for sequential entries, after
 * the entries before them. Undefined becomes null. Nothing is applied.
 */
export function renderSet(
  templates: TemplateCache,
  entries: readonly SetEntryLike[],
  names: Names | ((done: readonly Assignment[]) => Names),
  options: Omit<TreeOptions, "position"> = {},
): Assignment[] {
  const done: Assignment[] = [];
  const namesAt = typeof names === "function" ? names : () => names;
  const before = namesAt([]);
  for (const { scope, path, value, sequential } of entries) {
    const visible = sequential && done.length > 0 ? namesAt([...done]) : before;
    const rendered = renderTree(templates, value, visible, { ...options, position: "data" });
    done.push({ scope, path: [...path], value: rendered });
  }
  return done;
}

/** `target` with the value at `path`; what did not change is shared, and anything on the way that is no map is replaced. */
export function assign(target: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return target;
  if (rest.length === 0) return withKey(target, key, value);
  const inner = own(target, key);
  return withKey(target, key, assign(isMap(inner) ? inner : {}, rest, value));
}
