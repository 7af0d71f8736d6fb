export { readCommandBody } from "./command-body.ts";
export * from "./definitions.ts";
export type { Live } from "./live.ts";
export * from "./runs.ts";
export type { Started, StartInput } from "./start.ts";
export type { Fence, Report, Turned } from "./turn.ts";
