import { type ConfigOf, defineTool, field } from "../config/index.ts";
import { sqlEffects } from "../sql/effects.ts";
import { SQL_ALIASES, sqlFields } from "../sql/fields.ts";

const config = () =>
  field.object({
    ...sqlFields(),
    connection_string: field.word("`postgresql://user:password@host:port/database?sslmode=…`").optional(),
    host: field.word("host name, address, or the folder of a Unix socket").optional(),
    port: field.count("port, default 5432", 1).optional(),
    user: field.word("user to connect as").optional(),
    password: field.text("its password").optional(),
    database: field.word("database, default: named like the user").optional(),
    schema: field.word("schema to look names up in first").optional(),
    sslmode: field
      .choice(
        ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"],
        "TLS; default `prefer`, `disable` on this machine",
      )
      .optional(),
    sslrootcert: field.word("certificate authority: PEM text or file").optional(),
    sslcert: field.word("client certificate: PEM text or file").optional(),
    sslkey: field.word("client key: PEM text or file").optional(),
    pool: field
      .object({
        name: field.word("a pool of its own, apart from others with the same connection").optional(),
        min_size: field.count("idle connections kept").optional(),
        max_size: field.count("connections at most, default 6", 1).optional(),
        max_waiting: field.count("calls that may wait for a connection, default 50").optional(),
        timeout: field.amount("seconds to wait for a connection, default 30").optional(),
      })
      .describe("sizes of the connection pool")
      .optional(),
  });

export type PostgresConfig = ConfigOf<typeof config>;

/** SQL on PostgreSQL (DSL §12.3, §12.5; worker-and-tools §11.5). */
export const postgresTool = defineTool({
  kind: "postgres",
  summary: "runs SQL on PostgreSQL",
  config,
  required: [["command", "command_b64", "script"]],
  keyAliases: {
    ...SQL_ALIASES,
    db_host: "host",
    db_port: "port",
    db_user: "user",
    db_password: "password",
    db_name: "database",
    db_conn_string: "connection_string",
    dsn: "connection_string",
  },
  positions: { command: "text", "script.source.code": "code", "script.uri": "text" },
  effects: sqlEffects,
  resultSummary:
    "{columns, rows, row_count} or {affected_rows, rows: [], row_count: 0}, and command_0 … for each statement",
  // Loaded at the first call: most commands never make one.
  run: async (config, call) => (await import("./run.ts")).runPostgres(config, call),
});
