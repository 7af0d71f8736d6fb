import type { ToolSpec } from "@noetl/playbook";
import { failed } from "../outcome.ts";
import type { Tool } from "../tool.ts";

/** A kind of the language that this version cannot run: it validates, and says so when it is executed. Never skipped (DSL §23.3). */
export function unavailableTool(spec: ToolSpec): Tool {
  return {
    kind: spec.kind,
    aliases: spec.aliases,
    summary: spec.summary,
    get schema() {
      return spec.schema;
    },
    required: spec.required,
    keyAliases: spec.keyAliases,
    positions: spec.positions,
    ...(spec.ownKeys === undefined ? {} : { ownKeys: spec.ownKeys }),
    ...(spec.resultSummary === undefined ? {} : { resultSummary: spec.resultSummary }),
    available: false,
    effects: (config) => spec.effects(config),
    execute: () =>
      failed("configuration", `tool kind '${spec.kind}' is not available in this version`, {
        code: "UNSUPPORTED_KIND",
        recovery: "use another tool kind, or a noetl that provides this one",
      }),
  };
}
