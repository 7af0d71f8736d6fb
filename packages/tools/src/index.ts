export { checkConfig, defineTool, field, jsonSchema, type ToolDefinition } from "./config/index.ts";
export { noopTool } from "./noop/tool.ts";
export { cancelled, done, errorInfo, failed, isRetryable, timedOut } from "./outcome.ts";
export { defaultTools } from "./registry/default-tools.ts";
export { createRegistry, type Registry } from "./registry/registry.ts";
export { unavailableTool } from "./registry/unavailable.ts";
export { createResources } from "./resources.ts";
export type * from "./tool.ts";
export { workbookTool } from "./workbook/tool.ts";
