import { type ConfigOf, defineTool, field } from "../config/index.ts";
import { sqlEffects } from "../sql/effects.ts";
import { SQL_ALIASES, sqlFields } from "../sql/fields.ts";

const config = () =>
  field.object({
    ...sqlFields(),
    database: field
      .word("file, relative to the playbook; default `.noetl/state.duckdb`; `:memory:` is gone after the step")
      .optional(),
    extensions: field.textList("extensions to install and load").optional(),
  });

export type DuckdbConfig = ConfigOf<typeof config>;

/** SQL in DuckDB, inside this process (DSL §12.3, §12.5; worker-and-tools §11.6). */
export const duckdbTool = defineTool({
  kind: "duckdb",
  summary: "runs SQL in DuckDB, an analytical database in this process",
  config,
  required: [["command", "command_b64", "script"]],
  keyAliases: { ...SQL_ALIASES, db: "database", db_path: "database" },
  positions: { command: "text", "script.source.code": "code", "script.uri": "text", database: "text" },
  effects: sqlEffects,
  resultSummary:
    "{columns, rows, row_count} or {affected_rows, rows: [], row_count: 0}, and command_0 … for each statement",
  // Loaded at the first call: most commands never make one.
  run: async (config, call) => (await import("./run.ts")).runDuckdb(config, call),
});
