export * from "./call.ts";
export * from "./dry-run.ts";
export * from "./exec.ts";
export * from "./line.ts";
