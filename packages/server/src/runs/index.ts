export { readCommandBody } from "./command-body.ts";
export * from "./definitions.ts";
export type { Live } from "./live.ts";
export * from "./runs.ts";
export type { Given, Seat, Seats } from "./seat.ts";
export type { Started, StartInput } from "./start.ts";
export type { Fence, Report, Turned, TurnOptions } from "./turn.ts";
