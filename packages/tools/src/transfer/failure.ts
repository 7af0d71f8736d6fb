import { type ErrorInfo, isNoetlError } from "@noetl/core";
import { duckdbError } from "../duckdb/errors.ts";
import { errorInfo } from "../outcome.ts";
import { sqlstateOf, statementError } from "../postgres/errors.ts";
import type { ToolOutcome } from "../tool.ts";

/** A call of another tool, made on the way, did not succeed. */
export class CallFailed extends Error {
  readonly info: ErrorInfo;
  constructor(outcome: ToolOutcome) {
    const info = outcome.status === "parked" ? undefined : outcome.error;
    super(info?.message ?? "the call failed");
    this.info = info ?? errorInfo("unknown", this.message);
  }
}

/** Error data of whatever a side throws; `usesDuckdb`: errors without a code of their own may be DuckDB's. */
export function transferError(error: unknown, usesDuckdb: boolean): ErrorInfo {
  if (error instanceof CallFailed) return error.info;
  if (isNoetlError(error) && error.code === "NO_ROWS") {
    return errorInfo("schema", error.message, {
      code: error.code,
      ...(error.hint === undefined ? {} : { recovery: error.hint }),
    });
  }
  if (error instanceof RangeError)
    return errorInfo("configuration", `transfer: ${error.message}`, { code: "CONFIG_INVALID" });
  const isDuckdb =
    usesDuckdb && sqlstateOf(error) === undefined && error instanceof Error && / Error: /.test(error.message);
  return isDuckdb ? duckdbError(error) : statementError(error, "postgres");
}
