export * from "./duration.ts";
export * from "./errors.ts";
export * from "./gate.ts";
export * from "./json.ts";
export * from "./parse-json.ts";
export * from "./ports.ts";
export * from "./raw-integer.ts";
export * from "./snowflake.ts";
