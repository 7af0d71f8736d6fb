import type { Tool } from "@noetl/tools";

/** `--skip-unsupported` (DSL §23.3): the old runner's behaviour, asked for by name: an empty success. */
export function unsupportedTool(tool: Tool): Tool {
  return {
    ...tool,
    pure: true,
    available: true,
    execute: () => ({
      status: "ok",
      data: { status: "skipped", reason: `tool kind ${tool.kind} is not available in this version` },
    }),
  };
}
