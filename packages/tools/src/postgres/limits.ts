import { NoetlError } from "@noetl/core";
import { MAX_ROWS, type RowLimits } from "../sql/limits.ts";
import type { ToolCall } from "../tool.ts";
import type { PostgresConfig } from "./tool.ts";

/** Limits of one statement's result: the step's, else the environment's, else 10 000 rows and 64 MiB; 0 = none. */
export function rowLimits(config: PostgresConfig, call: ToolCall): RowLimits {
  const rows = config.max_rows ?? fromEnvironment(call, "NOETL_POSTGRES_MAX_RESULT_ROWS", MAX_ROWS);
  const bytes = fromEnvironment(call, "NOETL_POSTGRES_MAX_RESULT_BYTES", 64 * 1024 * 1024);
  return {
    rows: rows || Number.POSITIVE_INFINITY,
    bytes: bytes || Number.POSITIVE_INFINITY,
    onOverflow: config.on_overflow ?? "error",
  };
}

/** ms that the SQL of a step may take when its author says nothing; 0 = no limit. */
export function statementTimeout(call: ToolCall): number {
  return fromEnvironment(call, "NOETL_POSTGRES_STATEMENT_TIMEOUT_MS", 60_000);
}

function fromEnvironment(call: ToolCall, name: string, otherwise: number): number {
  const text = call.env.processEnv[name];
  if (text === undefined || text === "") return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new NoetlError("validation", "CONFIG_INVALID", `${name} must be a whole number, not '${text}'`);
}
