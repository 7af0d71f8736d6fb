import { type ConfigOf, defineTool, field } from "../config/index.ts";

const SYSTEMS = ["postgres", "duckdb", "http", "snowflake"] as const;

const endpoint = () => ({
  type: field.choice(SYSTEMS, "postgres, duckdb or http").optional(),
  kind: field.choice(SYSTEMS, "like `type`").optional(),
  tool: field.choice(SYSTEMS, "like `type`").optional(),
  auth: field.json("credential of this side").optional(),
  connection: field
    .either(field.string(), field.map("fields"))
    .describe("connection string or fields, instead of `auth`")
    .optional(),
  database: field.word("database of the server; file of duckdb").optional(),
  url: field.word("address, for http").optional(),
  method: field.word("HTTP method; default GET to read, POST to write").optional(),
  headers: field.map("HTTP headers").optional(),
});

const source = () =>
  field.object({
    ...endpoint(),
    query: field.word("rows to read, for databases").optional(),
    params: field.map("query parameters, for http").optional(),
    data_path: field.word("where the list of rows is in the body, e.g. `data.items`").optional(),
  });

const target = () =>
  field.object({
    ...endpoint(),
    table: field.word("table, `schema.table` too").optional(),
    query: field.word("statement to run for each row instead, with `:column` as parameters").optional(),
    mapping: field.textMap("target column → source field, which may be a dotted path; default: all").optional(),
    key: field.textList("columns that identify a row, for upsert").optional(),
  });

const config = () =>
  field.object({
    source: source().describe("where rows come from"),
    target: target().describe("where they go"),
    mode: field
      .choice(["append", "replace", "upsert"], "rows that are there stay (default), go, or are replaced by key")
      .optional(),
    key: field.textList("columns that identify a row, for upsert").optional(),
    chunk_size: field.count("rows at a time, default 1000", 1).optional(),
  });

export type TransferConfig = ConfigOf<typeof config>;
export type SourceConfig = TransferConfig["source"];
export type TargetConfig = TransferConfig["target"];

/** Copies rows from one system into another, all or nothing where the target is a database (worker-and-tools §11.14). */
export const transferTool = defineTool({
  kind: "transfer",
  summary: "copies rows from one system to another",
  aliases: ["snowflake_transfer"],
  config,
  required: [["source"], ["target"]],
  keyAliases: { keys: "key" },
  innerAuth: ["source", "target"],
  effects: "write",
  resultSummary:
    "{direction, source_type, target_type, mode, rows_transferred, chunks_processed, target_table, columns}",
  // Loaded at the first call: most commands never make one.
  run: async (config, call) => (await import("./run.ts")).runTransfer(config, call),
});
