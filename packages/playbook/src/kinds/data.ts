import type { ToolSpec } from "../tool-spec.ts";
import { sqlEffect } from "./effects.ts";
import { any, choice, count, dict, flag, kind, text } from "./field.ts";

const command = { command: text("one or more SQL statements"), command_b64: text("the same in base64") };
const SQL_ALIASES = { query: "command", sql: "command", commands: "command", commands_b64: "command_b64" };
const SQL_REQUIRED = [["command", "command_b64", "script"]];
const ROWS = "{columns, rows, row_count}, or {affected_rows}; of the last statement";
const common = {
  params: any("values bound to the statement"),
  as_objects: flag("rows as maps (default) or as lists"),
  script: any("SQL kept elsewhere: {uri, source}"),
};
const lake = {
  ...command,
  ...common,
  database: text("path of the database file, or :memory:"),
  extensions: any("extensions to load"),
};

export const dataKinds: readonly ToolSpec[] = [
  kind({
    kind: "postgres",
    summary: "run SQL on PostgreSQL",
    properties: {
      ...command,
      ...common,
      host: text("server"),
      port: any("port, 5432 by default"),
      database: text("database name"),
      user: text("user"),
      password: text("password; prefer `auth`"),
      schema: text("search path"),
      connection_string: text("postgres://…"),
      sslmode: text("disable, require, …"),
      pool: dict("{name, min_size, max_size, max_waiting, timeout}"),
    },
    required: SQL_REQUIRED,
    keyAliases: { ...SQL_ALIASES, dsn: "connection_string" },
    positions: { command: "text", command_b64: "none" },
    effects: (config) => sqlEffect(config.command),
    resultSummary: ROWS,
  }),
  kind({
    kind: "duckdb",
    summary: "run SQL on an embedded DuckDB",
    properties: lake,
    required: SQL_REQUIRED,
    keyAliases: { ...SQL_ALIASES, db: "database", db_path: "database" },
    positions: { command: "text", command_b64: "none", database: "text" },
    effects: (config) => sqlEffect(config.command),
    resultSummary: ROWS,
  }),
  kind({
    kind: "ducklake",
    summary: "run SQL on a DuckLake catalog",
    properties: {
      ...lake,
      catalog_connection: text("connection of the catalog database"),
      catalog_name: text("name of the catalog"),
      data_path: text("where the data files are"),
    },
    required: SQL_REQUIRED,
    keyAliases: { ...SQL_ALIASES, db: "database", db_path: "database" },
    positions: { command: "text", command_b64: "none", catalog_connection: "text", data_path: "text" },
    effects: (config) => sqlEffect(config.command),
    resultSummary: ROWS,
  }),
  kind({
    kind: "snowflake",
    summary: "run SQL on Snowflake",
    properties: {
      ...command,
      ...common,
      account: text("account"),
      user: text("user"),
      password: text("password; prefer `auth`"),
      private_key: text("key; prefer `auth`"),
      private_key_passphrase: text("passphrase of the key"),
      warehouse: text("warehouse"),
      database: text("database"),
      schema: text("schema"),
      role: text("role"),
    },
    required: SQL_REQUIRED,
    keyAliases: SQL_ALIASES,
    positions: { command: "text", command_b64: "none" },
    effects: (config) => sqlEffect(config.command),
    resultSummary: "{status, row_count, result, rows, columns}",
  }),
  kind({
    kind: "transfer",
    aliases: ["snowflake_transfer"],
    summary: "copy rows from one system to another",
    properties: {
      source: dict("{kind, query | url, auth}"),
      target: dict("{kind, table | query, mapping, auth}"),
      chunk_size: count("rows at a time"),
      mode: choice(["append", "replace", "upsert"], "what happens to rows that are there"),
    },
    required: [["source"], ["target"]],
    effects: () => "write",
    resultSummary: "{rows_transferred, chunks_processed, target_table, columns}",
  }),
  kind({
    kind: "nats",
    summary: "NATS key-value, object and stream operations",
    properties: {
      operation: choice(
        [
          ...["kv_get", "kv_put", "kv_delete", "kv_keys", "kv_purge"],
          ...["object_get", "object_put", "object_delete", "object_list", "object_info"],
          ...["js_publish", "js_consume", "js_get_msg", "js_stream_info"],
        ],
        "what to do",
      ),
      bucket: text("bucket"),
      key: text("key"),
      value: any("value"),
      ttl: any("seconds"),
      object: text("name of the object; in a single tool also `name`"),
      data: any("content of the object"),
      stream: text("stream"),
      subject: text("subject"),
      payload: any("message"),
      headers: dict("message headers"),
      consumer: text("consumer"),
      batch: count("messages at most"),
      timeout_ms: count("milliseconds, at most 5000"),
      ack: any("acknowledge what was read"),
      seq: any("sequence number"),
      url: text("server; prefer `auth`"),
    },
    required: [["operation"]],
    keyAliases: { name: "object" },
    effects: ({ operation }) =>
      typeof operation !== "string" || operation.includes("{{")
        ? "unknown"
        : /_(get|keys|list|info|get_msg|stream_info)$/.test(operation)
          ? "read"
          : "write",
    resultSummary: "{status, bucket, key, value} and the like",
  }),
  kind({
    kind: "subscription",
    summary: "read or settle messages of a broker",
    properties: {
      source: choice(["nats", "pubsub", "kafka"], "the broker"),
      operation: choice(["poll", "ack", "nack", "term"], "what to do"),
      batch: count("messages at most"),
      timeout_ms: count("milliseconds"),
      ack: choice(["on_success", "auto", "manual", "none", "defer"], "when to acknowledge"),
    },
    required: [["source"]],
    effects: () => "write",
    resultSummary: "{messages, count}",
  }),
  kind({
    kind: "sink",
    summary: "write data to a file, a DuckDB table or a bucket",
    properties: {
      target: dict("{type: file, path} · {type: duckdb, db, table} · {type: gcs, bucket, path}"),
      format: choice(["json", "yaml", "csv"], "how to write it"),
      data: any("what to write; by default the latest result"),
    },
    effects: () => "write",
  }),
  kind({
    kind: "artifact",
    summary: "read a stored result",
    properties: { action: choice(["get"], "get"), result_ref: any("reference; normally under `input`") },
    keyAliases: { temp_ref: "result_ref" },
    effects: () => "read",
    resultSummary: "the stored body",
  }),
  kind({
    kind: "result_fetch",
    summary: "read a stored result (internal)",
    properties: { ref: any("reference") },
    effects: () => "read",
  }),
];
