import { type ErrorInfo, type ErrorKind, isNoetlError } from "@noetl/core";
import { errorInfo } from "../outcome.ts";
import { TooManyRows, tooManyRows } from "../sql/limits.ts";

const CLASS = /(?:^|: )([A-Z][A-Za-z ]*?) Error: /;

/** Error data of what DuckDB throws: its class is in the text alone, `Binder Error: …`. */
export function duckdbError(error: unknown): ErrorInfo {
  if (error instanceof TooManyRows) return tooManyRows(error);
  if (isNoetlError(error)) {
    const kind = error.meaning === "auth" ? "auth" : error.meaning === "terminal" ? "db" : "configuration";
    return errorInfo(kind, error.message, {
      code: error.code,
      ...(error.hint === undefined ? {} : { recovery: error.hint }),
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  const name = CLASS.exec(message)?.[1] ?? "";
  if (/extension/i.test(message) && /download|not found|install/i.test(message)) {
    return errorInfo("configuration", message, {
      code: "EXTENSION_UNAVAILABLE",
      recovery: "the extension must be installed beforehand where there is no internet",
    });
  }
  const code = name === "" ? "DUCKDB_ERROR" : `DUCKDB_${name.toUpperCase().replaceAll(" ", "_")}`;
  return errorInfo(kindOf(name, message), message, { code });
}

function kindOf(name: string, message: string): ErrorKind {
  if (name === "Constraint") return "db_constraint";
  if (/conflict/i.test(message) && /transaction/i.test(message)) return "db_deadlock";
  if (name === "IO" && /lock/i.test(message)) return "db_connection";
  if (name === "HTTP" || name === "Connection") return "connection";
  return "db";
}
