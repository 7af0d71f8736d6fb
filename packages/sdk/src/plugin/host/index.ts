/** `@noetl/sdk/plugins`: what programs that have plugins need of them. Not for plugins themselves. */
export { withLock } from "../../contexts/lock.ts";
export * from "../hooks.ts";
export * from "../manifest.ts";
export * from "./commands.ts";
export * from "./describe.ts";
export * from "./folder.ts";
export * from "./load.ts";
export { goneError } from "./load-error.ts";
export * from "./record.ts";
export * from "./sdk.ts";
export * from "./taken-keys.ts";
export * from "./tools.ts";
