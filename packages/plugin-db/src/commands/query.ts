import type { Client, QueryResult } from "@noetl/client";
import { isNoetlError, type Json, NoetlError } from "@noetl/core";
import { Args, Flags } from "@noetl/sdk";
import type { Environment } from "@noetl/store";
import { DatabaseCommand, directFlag } from "../command.ts";
import { withDirect } from "../direct/open.ts";
import { QUERY_FORMATS, queryText } from "../query/format.ts";
import { parameterOf, statementText } from "../query/input.ts";

export default class Query extends DatabaseCommand {
  static override description =
    "Runs one SQL statement on the database of the server. It only reads, unless --write is given.";
  static override examples = [
    '<%= config.bin %> query "SELECT status, count(*) FROM noetl.execution GROUP BY status"',
    '<%= config.bin %> query "SELECT * FROM noetl.event WHERE execution_id = $1" --param 478775660589088776 -f csv',
    "<%= config.bin %> query --file report.sql --credential warehouse -o ndjson",
  ];
  static override rows = "rows";
  static override args = { sql: Args.string({ ignoreStdin: true, description: "the statement; - is stdin" }) };
  static override flags = {
    file: Flags.string({ description: "read the statement from a file" }),
    schema: Flags.string({ char: "s", default: "noetl", description: "where unqualified names are looked up" }),
    format: Flags.option({ options: QUERY_FORMATS })({
      char: "f",
      default: "table" as const,
      exclusive: ["json", "output"],
      description: "form of the rows",
    }),
    param: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "VALUE",
      description: "value of the next placeholder, JSON or text",
    }),
    credential: Flags.string({ description: "a credential of the server: the statement runs on that database" }),
    database: Flags.string({ description: "another database of the same server" }),
    "max-rows": Flags.integer({ min: 1, description: "show no more than so many" }),
    write: Flags.boolean({ description: "allow it to change something" }),
    direct: directFlag,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Query);
    this.showInPages();
    const text = await statementText(args.sql, flags.file);
    const parameters = (flags.param ?? []).map(parameterOf);
    const statement = { text, parameters, ...flags };
    const running = flags.direct ? direct(this.env, statement) : remote((await this.connect(flags)).client, statement);
    const result = await running.catch((error: unknown) => {
      throw flags.write ? error : withWriteHint(error);
    });
    const limit = flags["max-rows"] ?? result.rows.length;
    const shown = { ...result, rows: result.rows.slice(0, limit) };
    this.show(queryText(shown, flags.format));
    if (shown.rows.length < result.rows.length) this.note(`${result.rows.length - shown.rows.length} more rows`);
    return shown;
  }
}

/** Both databases say that they only read in words of their own. */
function withWriteHint(error: unknown): unknown {
  if (!isNoetlError(error) || error.code !== "QUERY_FAILED" || !/read-?only/i.test(error.message)) return error;
  return new NoetlError(error.meaning, error.code, error.message, {
    cause: error,
    hint: "--write lets it change something",
  });
}

interface Statement {
  text: string;
  parameters: Json[];
  schema: string;
  write: boolean;
  credential?: string | undefined;
  database?: string | undefined;
}

function remote(
  client: Client,
  { text, parameters, schema, write, credential, database }: Statement,
): Promise<QueryResult> {
  return client.database.query({
    query: text,
    schema,
    write,
    ...(parameters.length > 0 && { parameters }),
    ...(credential !== undefined && { credential }),
    ...(database !== undefined && { database }),
  });
}

function direct(env: Environment, { text, parameters, schema, write }: Statement): Promise<QueryResult> {
  return withDirect(env, ({ store }) =>
    store.query({ text, parameters, write, ...(store.dialect === "postgres" && { schema }) }),
  );
}
