import { ensureError, isNoetlError, NoetlError } from "@noetl/core";
import { resultCode } from "./driver.ts";

export const BUSY = 5;
export const LOCKED = 6;
export const CONSTRAINT = 19;

/** `BUSY` and `LOCKED` go away by themselves: another process holds the file for a moment. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === BUSY || code === LOCKED;
}

/** Concerns the file or the machine, not the statement: whatever shares the transaction is lost with it. */
export function isFatal(error: unknown): boolean {
  const code = resultCode(error);
  return code !== undefined && [BUSY, LOCKED, 7, 8, 10, 11, 13, 14, 26].includes(code);
}

/** What an error of SQLite means to people, with the file it is about. */
export function sqliteError(error: unknown, path: string): NoetlError {
  if (isNoetlError(error)) return error;
  const cause = ensureError(error);
  const code = resultCode(error);
  const make = (meaning: NoetlError["meaning"], name: string, message: string, hint: string) =>
    new NoetlError(meaning, name, message, { cause, hint });
  switch (code) {
    case BUSY:
    case LOCKED:
      return make("unavailable", "STORE_LOCKED", `${path} is locked by another process`, "wait for it, or stop it");
    case 3:
    case 14:
    case 23:
      return make(
        "unavailable",
        "STORE_UNREACHABLE",
        `cannot open ${path}`,
        "check that the folder exists and is yours",
      );
    case 8:
      return make(
        "unavailable",
        "STORE_READONLY",
        `${path} cannot be written`,
        "check the permissions of the data folder",
      );
    case 10:
      return make("unavailable", "STORE_IO", `reading or writing ${path} failed: ${cause.message}`, "check the disk");
    case 11:
    case 26:
      return make(
        "terminal",
        "STORE_CORRUPT",
        `${path} is damaged or not a NoETL database`,
        "move the file away and start again, or restore a backup",
      );
    case 13:
      return make("unavailable", "STORE_FULL", `no space left for ${path}`, "free some space on that disk");
    case CONSTRAINT:
      return make(
        "conflict",
        "STORE_CONSTRAINT",
        cause.message,
        "the record exists already or breaks a rule of the schema",
      );
    default:
      return new NoetlError("internal", "STORE_FAULT", cause.message, { cause });
  }
}
