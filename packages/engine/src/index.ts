export type * from "./api.ts";
export type * from "./command.ts";
export { resultOf } from "./decide/end.ts";
export type * from "./events.ts";
export { canonicalLog } from "./log/canonical.ts";
export { DELIVERY } from "./log/delivery.ts";
export * from "./log/explain.ts";
export { openRun } from "./run.ts";
export { type InitializeOptions, initialize, refuse } from "./start/initialize.ts";
