import { ensureError, isNoetlError, NoetlError } from "@noetl/core";

/** SQLSTATE, or a code of the socket. */
export function stateOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

/** Lost a race against another transaction: the same again will do. */
export function isRace(error: unknown): boolean {
  return ["40001", "40P01"].includes(stateOf(error));
}

export const isDuplicate = (error: unknown): boolean => stateOf(error) === "23505";

/** What an error of PostgreSQL or of the way to it means. */
export function postgresError(error: unknown): NoetlError {
  if (isNoetlError(error)) return error;
  const cause = ensureError(error);
  const state = stateOf(error);
  const make = (meaning: NoetlError["meaning"], code: string, hint: string, after?: number) =>
    new NoetlError(meaning, code, `PostgreSQL: ${cause.message}`, { cause, hint, after });
  if (/timeout exceeded when trying to connect/.test(cause.message)) {
    return make("unavailable", "POOL_SATURATED", "every connection is busy; try again or allow more", 1);
  }
  if (state.startsWith("28") || state === "42501") return make("auth", "STORE_AUTH", "check user, password and grants");
  if (state === "3D000") return make("terminal", "STORE_NO_DATABASE", "create the database first");
  if (state === "53100") return make("unavailable", "STORE_FULL", "free some space on the database server");
  if (state === "25006") return make("unavailable", "STORE_READONLY", "this is a standby; connect to the primary", 5);
  if (state === "57014") return make("timeout", "STORE_TIMEOUT", "the statement took too long");
  if (state === "22P05" || state === "22021") {
    return make("validation", "E_TEXT", "PostgreSQL keeps no NUL characters in text");
  }
  if (state === "22003") return make("validation", "E_NUMBER", "an id has 63 bits, a count 31");
  if (state.startsWith("23")) return make("conflict", "STORE_CONSTRAINT", "the record breaks a rule of the schema");
  if (isRace(error)) return make("conflict", "STORE_BUSY", "another transaction was faster; try again");
  if (isUnreachable(state, cause)) {
    return make("unavailable", "STORE_UNREACHABLE", "check that the database is running and the address is right", 2);
  }
  return new NoetlError("internal", "STORE_FAULT", `PostgreSQL: ${cause.message}`, { cause });
}

function isUnreachable(state: string, error: Error): boolean {
  if (/^(08|53|57P)/.test(state)) return true;
  if (/^E(CONN|PIPE|HOST|NET|TIMEDOUT|AI_)|^ENOTFOUND$/.test(state)) return true;
  return /connection terminated|not queryable|connection error/i.test(error.message);
}
