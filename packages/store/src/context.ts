import type { Clock, Ids } from "@noetl/core";
import type { ResultFiles } from "./results/files.ts";
import type { Keys } from "./secrets/keys.ts";
import type { Database } from "./sql/database.ts";

/** What every part of a store works with. */
export interface Context {
  db: Database;
  clock: Clock;
  ids: Ids;
  keys: Keys;
  /** where bodies over the inline limit go; absent = all in the database */
  files?: ResultFiles;
}
