import { isTemplateText, keyOf, type MapNode, mapOf, type Node, scalarOf, type Where } from "../read/node.ts";
import { draftOf, hoistInto, put, type Rewriting, rename, take } from "./draft.ts";

/** Keys beside `spec` move into it; other names of the iterator and of the cursor's claim (DSL §16.1, §25.1). */
export function rewriteLoop(loop: Node, { report }: Rewriting): Node {
  if (loop.type !== "map") return loop;
  const draft = draftOf(loop);
  for (const key of ["element", "as", "item"]) rename(draft, loop, key, "iterator", report);
  for (const key of ["mode", "max_in_flight", "concurrency"]) {
    const where = keyOf(loop, key);
    const entry = draft.has(key) ? take(draft, key) : undefined;
    if (entry === undefined) continue;
    const to = key === "concurrency" ? "max_in_flight" : key;
    report.legacy(where, key, `'spec.${to}'`);
    hoistInto(draft, "spec", to, entry, loop);
  }
  const spec = draft.get("spec")?.value;
  if (spec?.type === "map" && spec.entries.has("concurrency")) {
    const inner = draftOf(spec);
    rename(inner, spec, "concurrency", "max_in_flight", report);
    put(draft, "spec", mapOf(inner, spec));
  }
  const cursor = draft.get("cursor")?.value;
  if (cursor?.type === "map") {
    const inner = draftOf(cursor);
    for (const key of ["command", "query"]) rename(inner, cursor, key, "claim", report);
    put(draft, "cursor", mapOf(inner, cursor));
  }
  return mapOf(draft, loop);
}

/** Legacy `iterator: {items, item}` on the only tool of a step (DSL §12.2). */
export function loopOfIterator(iterator: MapNode, where: Where): MapNode {
  const items = iterator.entries.get("items")?.value ?? scalarOf(null, where);
  const item = iterator.entries.get("item")?.value ?? scalarOf("item", where);
  const name = item.type === "scalar" && isTemplateText(item.value) ? scalarOf("item", item) : item;
  return mapOf(
    [
      ["in", items],
      ["iterator", name],
      ["spec", mapOf([["mode", scalarOf("sequential", where)]], where)],
    ],
    iterator,
  );
}
