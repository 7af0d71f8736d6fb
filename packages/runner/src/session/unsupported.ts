import type { Tool } from "@noetl/tools";

/**
 * `--skip-unsupported` (DSL §23.3): the old runner's behaviour, asked for by name: an empty success. `tool` is what the
 * language knows of the kind, if it knows it.
 */
export function unsupportedTool(kind: string, tool?: Tool): Tool {
  return {
    aliases: [],
    summary: "a kind of another version",
    schema: {},
    required: [],
    keyAliases: {},
    positions: {},
    effects: () => "none",
    ...tool,
    kind,
    pure: true,
    available: true,
    execute: () => ({
      status: "ok",
      data: { status: "skipped", reason: `tool kind ${kind} is not available in this version` },
    }),
  };
}
