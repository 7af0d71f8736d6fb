export * from "./definitions.ts";
export type { Live } from "./live.ts";
export * from "./runs.ts";
export type { Started, StartInput } from "./start.ts";
export type { Fence, Report } from "./turn.ts";
