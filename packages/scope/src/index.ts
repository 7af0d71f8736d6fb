export * from "./need-body.ts";
export type * from "./types.ts";
