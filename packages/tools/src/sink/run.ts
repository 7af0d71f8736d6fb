import { extname } from "node:path";
import { failed } from "../outcome.ts";
import type { Tool, ToolCall, ToolDone } from "../tool.ts";
import type { Format } from "./format.ts";
import { toBucket, toDuckdb, toFile } from "./target.ts";
import type { SinkConfig } from "./tool.ts";

/** `duckdb` is the tool that writes tables. */
export function runSink(config: SinkConfig, call: ToolCall, duckdb: Tool): Promise<ToolDone> | ToolDone {
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

function formatOf({ format }: SinkConfig, path: string): Format {
  return format ?? ENDINGS[extname(path).toLowerCase()] ?? "json";
}

function missing(what: string): ToolDone {
  return failed("configuration", `sink: ${what}`, { code: "CONFIG_INVALID" });
}
