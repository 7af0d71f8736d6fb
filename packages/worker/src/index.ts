export type * from "./control-plane.ts";
export * from "./outbox.ts";
export * from "./poll-source.ts";
export type * from "./source.ts";
export * from "./work.ts";
export * from "./worker.ts";
