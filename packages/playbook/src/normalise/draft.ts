import type { Json } from "@noetl/core";
import { isObject } from "@noetl/core";
import { type Entry, keyOf, type MapNode, mapOf, type Node, scalarOf, type Where } from "../read/node.ts";
import type { Report } from "../report/report.ts";
import type { ToolCatalog } from "../tool-spec.ts";

/** Entries of one map while it is being rewritten. */
export type Draft = Map<string, Entry>;

export type Host = "server" | "local";

/** What every rewriting function is given. */
export interface Rewriting {
  readonly report: Report;
  readonly tools: ToolCatalog;
  readonly host: Host;
}

export function draftOf(map: MapNode): Draft {
  return new Map(map.entries);
}

export function put(draft: Draft, key: string, value: Node): void {
  draft.set(key, { key: draft.get(key)?.key ?? value.span, value });
}

/** Takes an entry out; an entry that holds null is taken out and counts as absent. */
export function take(draft: Draft, key: string): Entry | undefined {
  const entry = draft.get(key);
  draft.delete(key);
  return isNull(entry?.value) ? undefined : entry;
}

export function isNull(node: Node | undefined): boolean {
  return node?.type === "scalar" && node.value === null;
}

/** Moves a legacy key to its canonical name and says so; the canonical key wins when both are there. */
export function rename(draft: Draft, map: MapNode, from: string, to: string, report: Report): void {
  if (!draft.has(from)) return;
  const where = keyOf(map, from);
  const entry = take(draft, from);
  if (entry === undefined) return;
  report.legacy(where, from, `'${to}'`);
  if (!draft.has(to)) draft.set(to, entry);
}

/** Moves a key into the map under `into`, which is made when it is not there; what is there already wins. */
export function hoistInto(draft: Draft, into: string, key: string, entry: Entry, like: Where): void {
  const target = draft.get(into)?.value;
  if (target !== undefined && target.type !== "map" && !isNull(target)) return;
  const entries: Draft = new Map(target?.type === "map" ? target.entries : []);
  if (!entries.has(key)) entries.set(key, entry);
  put(draft, into, mapOf(entries, target?.type === "map" ? target : like));
}

/** Puts `extra` under the map at `key`: entries that are there win. A template that yields a map cannot be merged. */
export function mergeUnder(draft: Draft, key: string, extra: Node, report: Report): void {
  const target = draft.get(key)?.value;
  if (target === undefined || isNull(target)) {
    put(draft, key, extra);
  } else if (target.type === "map" && extra.type === "map") {
    put(draft, key, mapOf(new Map([...extra.entries, ...target.entries]), target));
  } else {
    report.warn("W_LEGACY", extra, `only '${key}' is used: the two cannot be merged, one of them is no map`);
  }
}

/** A tree made from plain JSON, standing where `like` stood. */
export function nodeOf(value: Json, like: Where): Node {
  if (Array.isArray(value)) {
    return { type: "list", items: value.map((item) => nodeOf(item, like)), span: like.span, place: like.place };
  }
  if (!isObject(value)) return scalarOf(value, like);
  return mapOf(
    Object.entries(value).map(([key, item]) => [key, nodeOf(item, like)] as const),
    like,
  );
}
