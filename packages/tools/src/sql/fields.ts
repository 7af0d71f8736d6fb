import { field } from "../config/index.ts";

/** Keys that every SQL tool has. */
export const sqlFields = () => ({
  command: field
    .either(field.string(), field.list(field.string()))
    .describe("SQL; several statements are separated by `;` or given as a list and run in order on one connection")
    .optional(),
  command_b64: field.word("`command` in Base64").optional(),
  script: field
    .map("SQL kept elsewhere: {uri, source: {type: file | http | inline, code, endpoint, method, headers, timeout}}")
    .optional(),
  params: field
    .either(field.list(field.json("a value")), field.map("values by name"))
    .describe(
      "values bound by the database: a list for `$1, $2 …`, a map for `:name` or `%(name)s`; one statement only",
    )
    .optional(),
  as_objects: field.flag("rows as maps by column name (default true), else as lists").optional(),
  transaction: field.flag("all statements in one transaction, default false: each in its own").optional(),
  on_error: field.choice(["stop", "continue"], "after a statement that failed: default `stop`").optional(),
  on_overflow: field.choice(["error", "truncate"], "more rows than the limits allow: default `error`").optional(),
  max_rows: field.count("rows that a statement may return; default 10 000, 0 = no limit").optional(),
});

/** Their other spellings. */
export const SQL_ALIASES = {
  query: "command",
  sql: "command",
  commands: "command",
  queries: "command",
  cmd: "command",
  cmds: "command",
  commands_b64: "command_b64",
  query_b64: "command_b64",
} as const;
