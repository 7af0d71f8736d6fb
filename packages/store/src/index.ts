export * from "./data-folder.ts";
export type * from "./port/audit.ts";
export type * from "./port/catalog.ts";
export type * from "./port/commands.ts";
export type * from "./port/console.ts";
export type * from "./port/keychain.ts";
export type * from "./port/mirror.ts";
export type * from "./port/objects.ts";
export type * from "./port/outbox.ts";
export type * from "./port/runtimes.ts";
export type * from "./port/schedules.ts";
export type * from "./port/stages.ts";
export type * from "./port/variables.ts";
export { openPostgresStore, type PostgresOptions } from "./postgres/open.ts";
export { type PostgresTarget, postgresTarget } from "./postgres/target.ts";
export { latestSchema } from "./schema-version.ts";
export { environmentKeys } from "./secrets/environment.ts";
export { fileKeys } from "./secrets/key-file.ts";
export type { KeyStatus } from "./secrets/key-status.ts";
export {
  type Environment,
  fixedKeys,
  type Key,
  type Keys,
  parseKey,
} from "./secrets/keys.ts";
export type { Rotation } from "./secrets/rekey.ts";
export { openMemoryStore, openSqliteStore, type SqliteOptions } from "./sqlite/open.ts";
export type * from "./store.ts";
