export type * from "./api.ts";
export { runCommand } from "./run/command.ts";
export { type ResolvedEntry, resolveKeychainEntry } from "./secrets/entry.ts";
export type { SecretHost } from "./secrets/open.ts";
export { type KeychainPlace, keychainPlace } from "./secrets/place.ts";
export { createRedactor, MASK, type Redactor } from "./secrets/redactor.ts";
