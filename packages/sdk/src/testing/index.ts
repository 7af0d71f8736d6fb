export * from "./cli.ts";
export * from "./server.ts";
export * from "./terminal.ts";
export { TYPING_MISSING, typed } from "./typing.ts";
