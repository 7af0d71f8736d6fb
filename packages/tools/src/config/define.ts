import type { Json } from "@noetl/core";
import type { Effect, Position, ToolSpec } from "@noetl/playbook";
import type { Tool, ToolCall, ToolOutcome } from "../tool.ts";
import { checkConfig } from "./check.ts";
import type { Field } from "./field.ts";

export interface ToolDefinition<Config> {
  kind: string;
  summary: string;
  aliases?: readonly string[];
  /** Made once, at first use. Every key has a description. */
  config: () => Field<Config>;
  required?: ToolSpec["required"];
  keyAliases?: ToolSpec["keyAliases"];
  positions?: Readonly<Record<string, Position>>;
  ownKeys?: readonly string[];
  innerAuth?: readonly string[];
  effects: Effect | ((config: { [key: string]: Json }) => Effect);
  resultSummary?: string;
  pure?: boolean;
  idempotent?: boolean;
  run(config: Config, call: ToolCall): Promise<ToolOutcome> | ToolOutcome;
}

/**
 * Makes a `Tool` from one definition of its keys, which checks and converts the rendered config before `run`, and is the
 * tool's JSON Schema. A config that does not fit is an outcome of kind `configuration` naming every wrong key.
 *
 *   export const noopTool = defineTool({ kind: "noop", summary: "…", config: () => field.object({…}), effects: "none", run });
 */
export function defineTool<Config>(definition: ToolDefinition<Config>): Tool {
  const { effects } = definition;
  let built: Field<Config> | undefined;
  const config = () => {
    built ??= definition.config();
    return built;
  };
  return {
    kind: definition.kind,
    aliases: definition.aliases ?? [],
    summary: definition.summary,
    get schema() {
      return config().schema;
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
