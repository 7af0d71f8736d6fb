import { count } from "@noetl/sdk";
import { DatabaseCommand, directFlag } from "../../command.ts";
import { readSchema } from "../../server/schema.ts";

export default class DbStatus extends DatabaseCommand {
  static override description = "Shows which database is used, its schema and whether that is up to date.";
  static override flags = { direct: directFlag };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(DbStatus);
    const schema = await readSchema(flags.direct ? { env: this.env } : { client: (await this.connect(flags)).client });
    const { version, latest } = schema;
    const facts = [
      schema.valid ? this.paint.green("complete") : this.paint.red("incomplete"),
      count(schema.tables.length, "table"),
      ...(version === null ? [] : [`version ${version}${latest === null ? "" : ` of ${latest}`}`]),
      ...(schema.message === null ? [] : [schema.message]),
    ];
    this.show(`${schema.where}: ${facts.join(", ")}`);
    if (version !== null && latest !== null && version < latest) this.note("noetl db migrate brings it up to date");
    return schema;
  }
}
