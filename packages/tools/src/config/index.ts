export { type Checked, checkConfig } from "./check.ts";
export { defineTool, jsonSchema, type ToolDefinition } from "./define.ts";
export * as field from "./fields.ts";
