import { type Json, type JsonObject, NoetlError } from "@noetl/core";
import { loadScript } from "../script/load.ts";
import type { ToolCall, ToolDone } from "../tool.ts";
import { sqlText } from "./effects.ts";
import { bindParameters, MissingParameters, readParams } from "./parameters.ts";
import { type Statement, splitStatements } from "./split.ts";

export interface SqlCommand {
  statements: Statement[];
  /** of the only statement; empty when there are no `params` */
  values: Json[];
}

const invalid = (message: string, hint?: string) => new NoetlError("validation", "CONFIG_INVALID", message, { hint });

/**
 * The statements of a SQL step, parameters bound. Throws `NoetlError` code `CONFIG_INVALID`: no SQL, `params` with several
 * statements (DSL §12.5), a name without a value.
 */
export function readCommand(config: {
  command?: Json | undefined;
  command_b64?: string | undefined;
  params?: Json[] | JsonObject | undefined;
}): SqlCommand {
  const sql =
    config.command === undefined && config.command_b64 !== undefined
      ? fromBase64(config.command_b64)
      : sqlText(config.command);
  const statements = splitStatements(sql ?? "");
  const [first] = statements;
  if (first === undefined) throw invalid("there is no SQL in `command`");
  const params = readParams(config.params);
  if (params === undefined) return { statements, values: [] };
  if (statements.length > 1) {
    throw invalid(
      `\`params\` go with one statement, but there are ${statements.length}`,
      "make each a task of its own",
    );
  }
  try {
    const { text, values } = bindParameters(first.text, params);
    return { statements: [{ ...first, text }], values };
  } catch (error) {
    throw error instanceof MissingParameters ? invalid(error.message) : error;
  }
}

/** The config with its `script`, SQL kept elsewhere, as `command`; an outcome when it cannot be had. A script comes before `command`. */
export async function withScript<C extends { script?: JsonObject | undefined; command?: Json | undefined }>(
  kind: string,
  config: C,
  call: ToolCall,
): Promise<{ config: C } | { outcome: ToolDone }> {
  if (config.script === undefined) return { config };
  const loaded = await loadScript(kind, config.script, call);
  return "status" in loaded ? { outcome: loaded } : { config: { ...config, command: loaded.text } };
}

function fromBase64(text: string): string {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length === 0) throw invalid("`command_b64` is not Base64");
  return bytes.toString("utf8");
}
