/** What the author of a tool needs, without the tools that are built in. */

export type { Effect, Position, ToolSpec } from "@noetl/playbook";
export { type ConfigOf, defineTool, type Field, field, type ToolDefinition } from "./config/index.ts";
export { cancelled, done, errorInfo, failed, isRetryable, timedOut } from "./outcome.ts";
export type * from "./tool.ts";
