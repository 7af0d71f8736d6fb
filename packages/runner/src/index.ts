export * from "./credentials.ts";
export * from "./history/history.ts";
export * from "./host.ts";
export * from "./liveness.ts";
export * from "./load.ts";
export type * from "./options.ts";
export * from "./requirements.ts";
export * from "./resolve.ts";
export * from "./run.ts";
