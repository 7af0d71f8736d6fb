export * from "./cli.ts";
export { PROGRAM, REPOSITORY } from "./program.ts";
export * from "./server.ts";
export * from "./terminal.ts";
export { TYPING_MISSING, typed } from "./typing.ts";
