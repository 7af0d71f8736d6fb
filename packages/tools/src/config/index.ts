export { type Checked, checkConfig } from "./check.ts";
export { defineTool, type ToolDefinition } from "./define.ts";
export type { ConfigOf, Field } from "./field.ts";
export * as field from "./fields.ts";
