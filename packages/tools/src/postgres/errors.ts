import type { ErrorInfo, ErrorKind, JsonObject, Meaning } from "@noetl/core";
import { isNoetlError } from "@noetl/core";
import { socketError } from "../network/socket-error.ts";
import { errorInfo } from "../outcome.ts";
import { TooManyRows, tooManyRows } from "../sql/limits.ts";
import type { ToolDone } from "../tool.ts";

const SQLSTATE = /^[0-9A-Z]{5}$/;
const KINDS: Partial<Record<Meaning, ErrorKind>> = {
  auth: "auth",
  unavailable: "db_connection",
  validation: "configuration",
  terminal: "db",
};
const DETAILS = ["detail", "hint", "position", "schema", "table", "column", "constraint", "where"] as const;

/** SQLSTATE of what `pg` threw, when the server sent one. */
export function sqlstateOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error) || !("severity" in error)) return undefined;
  return typeof error.code === "string" && SQLSTATE.test(error.code) ? error.code : undefined;
}

/** Kind by SQLSTATE (DSL §14.4). */
export function kindOf(sqlstate: string): ErrorKind {
  if (sqlstate.startsWith("08") || /^57P0/.test(sqlstate) || sqlstate === "53300") return "db_connection";
  if (sqlstate.startsWith("23")) return "db_constraint";
  if (sqlstate === "40001" || sqlstate === "40P01") return "db_deadlock";
  if (sqlstate === "57014") return "db_timeout";
  return sqlstate.startsWith("28") ? "auth" : "db";
}

/** Error data of anything that a connection or a statement can throw. `target` is `host:port`, without secrets. */
export function statementError(error: unknown, target: string): ErrorInfo {
  const sqlstate = sqlstateOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (sqlstate !== undefined) {
    const details = detailsOf(error);
    return errorInfo(kindOf(sqlstate), message, {
      code: `PG_${sqlstate}`,
      ...(details === undefined ? {} : { details }),
    });
  }
  if (error instanceof TooManyRows) return tooManyRows(error);
  if (isNoetlError(error)) {
    const kind = KINDS[error.meaning] ?? "unknown";
    return errorInfo(kind, message, {
      code: error.code,
      ...(error.hint === undefined ? {} : { recovery: error.hint }),
    });
  }
  const known = socketError(error, target);
  if (known !== undefined) return known;
  if (/^SASL|password must be a/i.test(message)) {
    return errorInfo("auth", `${target}: the server asks for a password that was not given or does not fit`, {
      code: "PG_28P01",
    });
  }
  if (/does not support SSL/i.test(message))
    return errorInfo("connection", `${target}: ${message}`, { code: "CONN_TLS" });
  if (/timeout/i.test(message))
    return errorInfo("timeout", `${target}: no connection in time`, { code: "CONN_TIMEOUT" });
  if (/terminated|not queryable|Connection ended/i.test(message)) {
    return errorInfo("db_connection", `${target}: the connection was lost`, { code: "CONN_RESET" });
  }
  return errorInfo("unknown", message);
}

/** The connection could not be had or is gone: nothing that the statement itself is to blame for. */
export function isLost(error: unknown): boolean {
  const { kind, code } = statementError(error, "");
  return (kind === "db_connection" && code !== "POOL_EXHAUSTED") || kind === "connection";
}

/** `pg` of the envelope, for errors that the server sent. */
export function pgMember(error: unknown): Pick<ToolDone, "pg"> {
  const sqlstate = sqlstateOf(error);
  return sqlstate === undefined ? {} : { pg: { code: sqlstate, sqlstate } };
}

function detailsOf(error: unknown): JsonObject | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const found = DETAILS.flatMap((name): [string, string][] => {
    const value = Reflect.get(error, name);
    return typeof value === "string" && value !== "" ? [[name, value]] : [];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
