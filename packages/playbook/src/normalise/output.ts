import { keyOf, type MapNode, mapOf, type Node, type Where } from "../read/node.ts";
import { type Draft, draftOf, hoistInto, isNull, put, type Rewriting, rename, take } from "./draft.ts";

/** `output_select`, `result`, `save`, `sink` of a step or tool become `output`, or are left out (DSL §25.1, §25.3). */
export function rewriteOutput(draft: Draft, map: MapNode, at: "step" | "tool", { report }: Rewriting): void {
  if (at === "step") {
    moveResult(draft, map, report);
    for (const key of ["save", "sink"]) {
      if (draft.has(key)) {
        report.legacy(keyOf(map, key), key, "nothing: results are stored as 'output' says");
        draft.delete(key);
      }
    }
  }
  if (draft.has("output_select")) {
    const where = keyOf(map, "output_select");
    const entry = take(draft, "output_select");
    if (entry) select(draft, entry.value, where, report);
  }
  const output = draft.get("output")?.value;
  if (output?.type === "map") put(draft, "output", rewriteSpec(output, report));
}

function moveResult(draft: Draft, map: MapNode, report: Rewriting["report"]): void {
  if (!draft.has("result")) return;
  const where = keyOf(map, "result");
  const entry = take(draft, "result");
  if (entry?.value.type !== "map") {
    if (entry) report.legacy(where, "result", "nothing: it is no map of 'output'");
    return;
  }
  report.legacy(where, "result", "'output'");
  const there = draft.get("output")?.value;
  const entries = there?.type === "map" ? [...entry.value.entries, ...there.entries] : entry.value.entries;
  if (there === undefined || isNull(there) || there.type === "map") {
    put(draft, "output", mapOf(new Map(entries), entry.value));
  }
}

function select(draft: Draft, value: Node, where: Where, report: Rewriting["report"]): void {
  if (value.type === "map") {
    report.legacy(where, "output_select", "nothing: only a list of paths is known");
    return;
  }
  report.legacy(where, "output_select", "'output.select'");
  hoistInto(draft, "output", "select", { key: where.span, value }, where);
}

function rewriteSpec(output: MapNode, report: Rewriting["report"]): MapNode {
  const draft = draftOf(output);
  const select = draft.get("output_select")?.value;
  if (select?.type === "map") {
    report.legacy(keyOf(output, "output_select"), "output_select", "nothing: only a list of paths is known");
    draft.delete("output_select");
  }
  rename(draft, output, "output_select", "select", report);
  const store = draft.get("store")?.value;
  if (store?.type === "scalar" && typeof store.value === "string") {
    report.legacy(keyOf(output, "store"), "store: <kind>", "'store: {kind: …}'");
    put(draft, "store", mapOf([["kind", store]], store));
  }
  return mapOf(draft, output);
}
