import type { Json } from "@noetl/core";
import type { ToolSpec } from "../tool-spec.ts";

/** One property of a tool's schema; short because there are many. */
export type Property = { [key: string]: Json };

export const text = (description: string): Property => ({ type: "string", description });
export const flag = (description: string): Property => ({ type: "boolean", description });
export const count = (description: string): Property => ({ type: "integer", minimum: 0, description });
export const seconds = (description: string): Property => ({ type: "number", minimum: 0, description });
export const any = (description: string): Property => ({ description });
export const dict = (description: string): Property => ({ type: "object", description });
export const choice = (words: readonly string[], description: string): Property => ({
  enum: [...words],
  description,
});
export const lines = (description: string): Property => ({
  anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
  description,
});

export interface KindDefinition extends Partial<Omit<ToolSpec, "kind" | "summary" | "schema">> {
  kind: string;
  summary: string;
  properties: { [key: string]: Property };
}

export function kind({ properties, ...rest }: KindDefinition): ToolSpec {
  return {
    aliases: [],
    required: [],
    keyAliases: {},
    positions: {},
    effects: () => "unknown",
    available: true,
    ...rest,
    schema: { type: "object", properties },
  };
}
