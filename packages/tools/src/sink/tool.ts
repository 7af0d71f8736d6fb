import { extname } from "node:path";
import { type ConfigOf, defineTool, field } from "../config/index.ts";
import { failed } from "../outcome.ts";
import type { Tool, ToolCall, ToolDone } from "../tool.ts";
import type { Format } from "./format.ts";
import { toBucket, toDuckdb, toFile } from "./target.ts";

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

type Config = ConfigOf<typeof config>;

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
    run: (config, call) => write(config, call, duckdb),
  });
}

function write(config: Config, call: ToolCall, duckdb: Tool): Promise<ToolDone> | ToolDone {
  const { type = "file", path, bucket, table } = config.target;
  const data = Object.hasOwn(call.config, "data") ? (call.config.data ?? null) : call.env.latestResult();
  if (data === undefined) return missing("no step has a result yet, and `data` is not given");
  switch (type) {
    case "file":
      return path ? toFile(path, data, formatOf(config, path), call) : missing("target.path is missing");
    case "gcs":
      if (!bucket || !path) return missing("a gcs target needs bucket and path");
      return toBucket({ bucket, path }, data, formatOf(config, path), call);
    case "duckdb": {
      const database = config.target.db ?? config.target.database;
      return database && table
        ? toDuckdb(duckdb, { database, table }, data, call)
        : missing("a duckdb target needs db and table");
    }
  }
}

const ENDINGS: { [ending: string]: Format } = { ".json": "json", ".yaml": "yaml", ".yml": "yaml", ".csv": "csv" };

function formatOf({ format }: Config, path: string): Format {
  return format ?? ENDINGS[extname(path).toLowerCase()] ?? "json";
}

function missing(what: string): ToolDone {
  return failed("configuration", `sink: ${what}`, { code: "CONFIG_INVALID" });
}
