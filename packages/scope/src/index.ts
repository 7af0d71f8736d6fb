export type * from "./api.ts";
export * from "./need-body.ts";
export type * from "./types.ts";
