import { type ConfigOf, defineTool, field } from "../config/index.ts";
import type { Tool } from "../tool.ts";

const target = () =>
  field
    .object({
      type: field.choice(["file", "duckdb", "gcs"], "what the target is; file by default").optional(),
      path: field.text("file or object, for file and gcs").optional(),
      bucket: field.text("bucket, for gcs").optional(),
      db: field.text("database file, for duckdb").optional(),
      database: field.text("the same as db").optional(),
      table: field.text("table, for duckdb").optional(),
    })
    .describe("{type: file, path} · {type: duckdb, db, table} · {type: gcs, bucket, path}");

const config = () =>
  field.object({
    target: target(),
    format: field.choice(["json", "yaml", "csv"], "by default as the path ends, else json").optional(),
    data: field.json("what to write; by default the result of the step before").optional(),
  });

export type SinkConfig = ConfigOf<typeof config>;

/** Writes data to a file, a DuckDB table or a bucket (DSL §23.5). */
export function sinkTool(duckdb: Tool): Tool {
  return defineTool({
    kind: "sink",
    summary: "writes data to a file, a DuckDB table or a bucket",
    config,
    required: [["target"]],
    positions: {
      "target.path": "text",
      "target.db": "text",
      "target.database": "text",
      "target.table": "text",
      "target.bucket": "text",
    },
    effects: "write",
    resultSummary: "{status, type, path | uri | table, rows, bytes?, format?}",
    // Loaded at the first call: most commands never make one.
    run: async (config, call) => (await import("./run.ts")).runSink(config, call, duckdb),
  });
}
