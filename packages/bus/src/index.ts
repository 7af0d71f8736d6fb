export type * from "./bus.ts";
export type * from "./feed.ts";
export { COMMANDS, decodeHint, EVENTS, encodeHint, subjectOf } from "./hint.ts";
export { openInProcessBus } from "./in-process.ts";
export type { NatsOptions } from "./nats/bus.ts";
export { openNatsBus, openNatsFeed } from "./open-nats.ts";
export { perTurn } from "./per-turn.ts";
export { openPostgresBus } from "./postgres/bus.ts";
