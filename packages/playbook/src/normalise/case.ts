import { keyOf, listOf, type MapNode, mapOf, type Node } from "../read/node.ts";
import { type Draft, put, type Rewriting, take } from "./draft.ts";
import { arcsOf, grouped, router } from "./next.ts";

const HINT = "use next.arcs[].when and tool policy rules";

/** Legacy `case`: arcs before those of `next`; local runs only (DSL §25.4). */
export function rewriteCase(draft: Draft, step: MapNode, { report, host }: Rewriting): void {
  if (!draft.has("case")) return;
  const where = keyOf(step, "case");
  const entry = take(draft, "case");
  if (entry === undefined) return;
  if (host === "server" || report.profile === "strict") {
    report.error("E_LEGACY_CASE", where, "'case' is not part of the current language; use next.arcs[].when", HINT);
    return;
  }
  report.legacy(where, "case", "'next.arcs'");
  const items = entry.value.type === "list" ? entry.value.items : [entry.value];
  const arcs = items.flatMap((item) => caseArcs(item, report));
  const next = draft.get("next")?.value;
  const rest = next?.type === "map" ? next.entries.get("arcs")?.value : undefined;
  const all = [...arcs, ...(rest?.type === "list" ? rest.items : [])];
  const made = router(all, undefined, entry.value);
  const own = next?.type === "map" ? next : undefined;
  put(
    draft,
    "next",
    own ? mapOf(new Map([...own.entries, ["arcs", { key: own.span, value: listOf(all, own) }]]), own) : made,
  );
}

function caseArcs(item: Node, report: Rewriting["report"]): Node[] {
  const when = item.type === "map" ? item.entries.get("when")?.value : undefined;
  if (item.type !== "map" || when === undefined || when.type === "map") {
    report.error("E_LEGACY_CASE", when ?? item, "a 'case' entry needs 'when' with a template condition", HINT);
    return [];
  }
  const then = item.entries.get("then")?.value;
  const otherwise = item.entries.get("else")?.value;
  return [
    ...(then ? grouped(arcsOf(then, report), when, then) : []),
    ...(otherwise ? grouped(arcsOf(otherwise, report), undefined, otherwise) : []),
  ];
}
