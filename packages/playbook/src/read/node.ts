import type { Json } from "@noetl/core";

/** Character offsets in the source text, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a node stood in the document as it was written; rewriting keeps it. The root has none. */
export interface Place {
  readonly parent: Place | undefined;
  readonly key: string | number;
}

/** What a diagnostic can point at. */
export interface Where {
  readonly span: Span;
  readonly place: Place | undefined;
}

export type ScalarValue = null | boolean | number | string;
export type ScalarStyle = "plain" | "quoted" | "literal" | "folded" | "made";

export interface ScalarNode extends Where {
  readonly type: "scalar";
  readonly value: ScalarValue;
  readonly style: ScalarStyle;
}

export interface ListNode extends Where {
  readonly type: "list";
  readonly items: readonly Node[];
}

export interface MapNode extends Where {
  readonly type: "map";
  readonly entries: Entries;
}

export interface Entry {
  readonly key: Span;
  readonly value: Node;
}

export type Entries = ReadonlyMap<string, Entry>;
export type Node = ScalarNode | ListNode | MapNode;

/** The value under `key`; a null value counts as absent, as in `input:` with nothing behind it. */
export function child(map: MapNode | undefined, key: string): Node | undefined {
  const value = map?.entries.get(key)?.value;
  return value?.type === "scalar" && value.value === null ? undefined : value;
}

export function childMap(map: MapNode | undefined, key: string): MapNode | undefined {
  const value = child(map, key);
  return value?.type === "map" ? value : undefined;
}

/** Text of a scalar; numbers and booleans as they print. */
export function childText(map: MapNode | undefined, key: string): string | undefined {
  return textOf(child(map, key));
}

export function textOf(node: Node | undefined): string | undefined {
  return node?.type === "scalar" && node.value !== null ? String(node.value) : undefined;
}

/** The key itself, for diagnostics about the key and not about its value. */
export function keyOf(map: MapNode, key: string): Where {
  const entry = map.entries.get(key);
  return { span: entry?.key ?? map.span, place: { parent: map.place, key } };
}

/** RFC 6901 pointer of a place. */
export function pointer(place: Place | undefined): string {
  const parts: string[] = [];
  for (let at = place; at; at = at.parent) parts.unshift(String(at.key).replaceAll("~", "~0").replaceAll("/", "~1"));
  return parts.length === 0 ? "" : `/${parts.join("/")}`;
}

/** A map with other entries, standing where `like` stood. */
export function mapOf(entries: Entries | Iterable<readonly [string, Node]>, like: Where): MapNode {
  const all = new Map<string, Entry>();
  for (const [key, value] of entries) {
    all.set(key, "type" in value ? { key: value.span, value } : value);
  }
  return { type: "map", entries: all, span: like.span, place: like.place };
}

export function listOf(items: readonly Node[], like: Where): ListNode {
  return { type: "list", items, span: like.span, place: like.place };
}

export function scalarOf(value: ScalarValue, like: Where): ScalarNode {
  return { type: "scalar", value, style: "made", span: like.span, place: like.place };
}

/** Plain JSON of a tree; `onContainer` is told which node each map and list was made from. */
export function toJson(node: Node, onContainer?: (made: object, node: Node) => void): Json {
  if (node.type === "scalar") return node.value;
  if (node.type === "list") {
    const made: Json[] = node.items.map((item) => toJson(item, onContainer));
    onContainer?.(made, node);
    return made;
  }
  const made: { [key: string]: Json } = {};
  for (const [key, entry] of node.entries) define(made, key, toJson(entry.value, onContainer));
  onContainer?.(made, node);
  return made;
}

/** A document may hold the key `__proto__`; plain assignment would set the prototype instead. */
export function define(target: { [key: string]: Json }, key: string, value: Json): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  } else {
    target[key] = value;
  }
}

export function isTemplateText(value: unknown): value is string {
  return typeof value === "string" && (value.includes("{{") || value.includes("{%") || value.includes("{#"));
}
