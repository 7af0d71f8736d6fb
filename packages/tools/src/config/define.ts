import type { Json, JsonObject } from "@noetl/core";
import type { Effect, Position, ToolSpec } from "@noetl/playbook";
import * as z from "zod";
import type { Tool, ToolCall, ToolOutcome } from "../tool.ts";
import { checkConfig } from "./check.ts";

export interface ToolDefinition<Config extends z.ZodObject> {
  kind: string;
  summary: string;
  aliases?: readonly string[];
  /** Built once, at first use: a schema costs more to construct than most commands take. Every key has a description. */
  config: () => Config;
  required?: ToolSpec["required"];
  keyAliases?: ToolSpec["keyAliases"];
  positions?: Readonly<Record<string, Position>>;
  ownKeys?: readonly string[];
  innerAuth?: readonly string[];
  effects: Effect | ((config: { [key: string]: Json }) => Effect);
  resultSummary?: string;
  pure?: boolean;
  idempotent?: boolean;
  run(config: z.infer<Config>, call: ToolCall): Promise<ToolOutcome> | ToolOutcome;
}

/**
 * Makes a `Tool` from one zod schema: the schema checks and converts the rendered config before `run`, and is printed as the
 * tool's JSON Schema. A config that does not fit is an outcome of kind `configuration` naming every wrong key.
 *
 *   export const noopTool = defineTool({ kind: "noop", summary: "…", config: () => z.looseObject({…}), effects: "none", run });
 */
export function defineTool<Config extends z.ZodObject>(definition: ToolDefinition<Config>): Tool {
  const { effects } = definition;
  let built: Config | undefined;
  let schema: JsonObject | undefined;
  const config = () => {
    built ??= definition.config();
    return built;
  };
  return {
    kind: definition.kind,
    aliases: definition.aliases ?? [],
    summary: definition.summary,
    get schema() {
      schema ??= jsonSchema(config());
      return schema;
    },
    required: definition.required ?? [],
    keyAliases: definition.keyAliases ?? {},
    positions: definition.positions ?? {},
    ...(definition.ownKeys === undefined ? {} : { ownKeys: definition.ownKeys }),
    ...(definition.innerAuth === undefined ? {} : { innerAuth: definition.innerAuth }),
    available: true,
    effects: typeof effects === "function" ? effects : () => effects,
    ...(definition.resultSummary === undefined ? {} : { resultSummary: definition.resultSummary }),
    ...(definition.pure ? { pure: true } : {}),
    ...(definition.idempotent ? { idempotent: true } : {}),
    execute(call) {
      const checked = checkConfig(definition.kind, config(), call.config);
      return checked.ok ? definition.run(checked.config, call) : checked.outcome;
    },
  };
}

/** JSON Schema (draft 2020-12) of what authors write: coerced fields show the types that are accepted. */
export function jsonSchema(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return rest as unknown as JsonObject;
}
