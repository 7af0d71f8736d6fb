export * from "./cli.ts";
export * from "./server.ts";
export * from "./terminal.ts";
