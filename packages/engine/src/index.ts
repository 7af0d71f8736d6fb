export type * from "./api.ts";
export type * from "./command.ts";
export type * from "./events.ts";
