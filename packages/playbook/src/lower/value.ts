import type { Json, JsonObject } from "@noetl/core";
import type { Cond } from "../model.ts";
import { child, isTemplateText, type MapNode, type Node } from "../read/node.ts";
import type { Report } from "../report/report.ts";
import type { ToolCatalog } from "../tool-spec.ts";
import type { Trace } from "./trace.ts";

export interface Lowering {
  readonly trace: Trace;
  readonly report: Report;
  readonly tools: ToolCatalog;
  /** `executor.spec.policy.defaults.policy`: what `spec.policy` of a tool says where the tool itself says nothing (DSL §5) */
  readonly defaultPolicy?: MapNode | undefined;
}

/** Leaves out keys whose value is undefined. */
export function defined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  const out: Partial<T> = {};
  for (const key of Object.keys(value) as (keyof T)[]) {
    const field = value[key];
    if (field !== undefined) out[key] = field;
  }
  return out as T;
}

/** A number, or the template that will give one; text of digits is read as the number. */
export function numeric(node: Node | undefined): number | string | undefined {
  if (node?.type !== "scalar") return undefined;
  if (typeof node.value === "number") return node.value;
  const text = typeof node.value === "string" ? node.value : "";
  const templated: boolean = isTemplateText(text);
  if (templated) return text;
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : undefined;
}

export function boolean(node: Node | undefined): boolean | undefined {
  if (node?.type !== "scalar") return undefined;
  if (typeof node.value === "boolean") return node.value;
  return /^true$/i.test(String(node.value)) ? true : /^false$/i.test(String(node.value)) ? false : undefined;
}

export function jsonMap(node: Node | undefined, { trace }: Lowering): JsonObject | undefined {
  return node?.type === "map" ? (trace.json(node) as JsonObject) : undefined;
}

export function json(node: Node | undefined, { trace }: Lowering): Json | undefined {
  return node === undefined ? undefined : trace.json(node);
}

/** `undefined` when the key is absent: the condition always holds. */
export function condition(map: MapNode, key: string, { trace }: Lowering): Cond | undefined {
  const node = child(map, key);
  return node === undefined ? undefined : (trace.json(node) as Cond);
}

export function words(node: Node | undefined): string[] {
  const items = node?.type === "list" ? node.items : node === undefined ? [] : [node];
  return items.flatMap((item) => (item.type === "scalar" && item.value !== null ? [String(item.value)] : []));
}

export function oneOf<T extends string>(text: string | undefined, allowed: readonly T[]): T | undefined {
  return allowed.find((word) => word === text);
}
