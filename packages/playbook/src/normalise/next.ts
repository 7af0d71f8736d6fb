import {
  childText,
  keyOf,
  listOf,
  type MapNode,
  mapOf,
  type Node,
  scalarOf,
  textOf,
  type Where,
} from "../read/node.ts";
import type { Report } from "../report/report.ts";
import { type Draft, draftOf, hoistInto, isNull, put, type Rewriting, rename, take } from "./draft.ts";

/** Key of an arc that fires several targets at once; only rewriting makes it (DSL §17.2 "group"). */
export const GROUP = "$targets";

const PAYLOAD = ["args", "payload", "with"];

/** Every accepted form of `next` as a router (DSL §17.1). `mode` is the legacy `spec.next_mode` of the step. */
export function rewriteNext(next: Node, mode: Node | undefined, { report }: Rewriting): Node | undefined {
  if (isNull(next)) return undefined;
  if (next.type === "scalar") {
    report.legacy(next, "next: <step>", "'next: {arcs: [{step: …}]}'");
    return router([arc(next)], mode, next);
  }
  if (next.type === "list") {
    if (next.items.length === 0) return undefined;
    report.legacy(next, "next: [ … ]", "'next: {spec: {mode: …}, arcs: [ … ]}'");
    const names = next.items.length > 1 && next.items.every((item) => item.type === "scalar");
    return router(arcsOf(next, report), mode ?? (names ? scalarOf("inclusive", next) : undefined), next);
  }
  if (next.entries.has("step") || next.entries.has("then") || next.entries.has("next")) {
    report.legacy(next, "next: {step: …}", "'next: {arcs: [{step: …}]}'");
    return router(arcsOf(listOf([next], next), report), mode, next);
  }
  return rewriteRouter(next, mode, report);
}

function rewriteRouter(next: MapNode, mode: Node | undefined, report: Report): MapNode {
  const draft = draftOf(next);
  for (const key of ["mode", "on_no_match"]) {
    const entry = draft.has(key) ? take(draft, key) : undefined;
    if (entry === undefined) continue;
    report.legacy(keyOf(next, key), key, `'spec.${key}'`);
    hoistInto(draft, "spec", key, entry, next);
  }
  if (mode !== undefined) hoistInto(draft, "spec", "mode", { key: mode.span, value: mode }, mode);
  const arcs = draft.get("arcs")?.value;
  if (arcs?.type === "list") {
    put(
      draft,
      "arcs",
      listOf(
        arcs.items.map((item) => canonicalArc(item, report)),
        arcs,
      ),
    );
  }
  return mapOf(draft, next);
}

/** An arc that stands where arcs belong: only its keys may be old. */
function canonicalArc(item: Node, report: Report): Node {
  if (item.type !== "map" || item.entries.has(GROUP)) return item;
  const draft = draftOf(item);
  rewritePayload(draft, item, report);
  if (!draft.has("step")) rename(draft, item, "then", "step", report);
  if (draft.has("else")) {
    report.legacy(keyOf(item, "else"), "else: true", "an arc without 'when'");
    draft.delete("else");
    draft.delete("when");
  }
  return mapOf(draft, item);
}

/** Arcs of a legacy list; nested lists and `{next: […]}` are spliced in. */
export function arcsOf(list: Node, report: Report): Node[] {
  const items = list.type === "list" ? list.items : [list];
  return items.flatMap((item): Node[] => {
    if (item.type === "scalar") return textOf(item) === undefined ? [] : [arc(item)];
    if (item.type === "list") return arcsOf(item, report);
    if (item.entries.has("pipe")) {
      report.error("E_LEGACY_CASE", keyOf(item, "pipe"), "'then.pipe' is not part of the current language; use 'tool'");
      return [];
    }
    const spliced = item.entries.get("next")?.value;
    if (spliced !== undefined && !item.entries.has("step")) return arcsOf(spliced, report);
    const otherwise = item.entries.get("else");
    const then = item.entries.get("then")?.value;
    if (then !== undefined && !item.entries.has("step")) {
      const when = otherwise === undefined ? item.entries.get("when")?.value : undefined;
      return grouped(arcsOf(then, report), when, then, item);
    }
    if (otherwise !== undefined && !item.entries.has("step")) {
      return grouped(arcsOf(otherwise.value, report), undefined, otherwise.value, item);
    }
    return [canonicalArc(item, report)];
  });
}

/** Arcs under one condition: those without a condition of their own fire together. */
export function grouped(arcs: readonly Node[], when: Node | undefined, like: Where, outer?: MapNode): Node[] {
  const out: Node[] = [];
  const together: MapNode[] = [];
  for (const node of arcs) {
    if (node.type !== "map") continue;
    const own = node.entries.get("when")?.value;
    if (own === undefined) together.push(node);
    else if (when === undefined) out.push(node);
    else {
      const draft = draftOf(node);
      put(draft, "when", listOf([when, own], own));
      out.push(mapOf(draft, node));
    }
  }
  const group = together.length > 0 ? joined(together, when, like, outer) : undefined;
  return group ? [...out, group] : out;
}

function joined(arcs: readonly MapNode[], when: Node | undefined, like: Where, outer?: MapNode): MapNode {
  const [first] = arcs;
  const draft: Draft = new Map();
  for (const key of ["set", "input"]) {
    const entries: Draft = new Map();
    for (const source of [...(outer ? [outer] : []), ...arcs]) {
      const value = source.entries.get(key)?.value;
      if (value?.type === "map") for (const [name, entry] of value.entries) entries.set(name, entry);
    }
    if (entries.size > 0) put(draft, key, mapOf(entries, like));
  }
  if (when !== undefined) put(draft, "when", when);
  if (arcs.length === 1 && first !== undefined) {
    const rest = [...first.entries].filter(([key]) => !draft.has(key));
    return mapOf(new Map([...rest, ...draft]), first);
  }
  const targets = arcs.flatMap((node) => {
    const group = node.entries.get(GROUP)?.value;
    const step = node.entries.get("step")?.value;
    return group?.type === "list" ? group.items : step ? [step] : [];
  });
  put(draft, GROUP, listOf(targets, like));
  return mapOf(draft, like);
}

function rewritePayload(draft: Draft, item: MapNode, report: Report): void {
  for (const key of PAYLOAD) rename(draft, item, key, "input", report);
  if (item.entries.has("input")) report.legacy(keyOf(item, "input"), "input", "the input of the step that follows");
}

function arc(target: Node): MapNode {
  return mapOf([["step", target]], target);
}

export function router(arcs: readonly Node[], mode: Node | undefined, like: Where): MapNode {
  const spec = mapOf(mode === undefined ? [] : [["mode", mode] as const], like);
  return mapOf(
    [
      ["spec", spec],
      ["arcs", listOf(arcs, like)],
    ],
    like,
  );
}

export function modeOf(next: MapNode | undefined): string | undefined {
  const spec = next?.entries.get("spec")?.value;
  return spec?.type === "map" ? childText(spec, "mode") : undefined;
}
