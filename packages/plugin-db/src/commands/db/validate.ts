import { count, EXIT } from "@noetl/sdk";
import { DatabaseCommand, directFlag } from "../../command.ts";
import { readSchema } from "../../server/schema.ts";

export default class DbValidate extends DatabaseCommand {
  static override description = "Checks that the schema is complete. Exit code 1 when tables are missing.";
  static override flags = { direct: directFlag };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(DbValidate);
    const schema = await readSchema(flags.direct ? { env: this.env } : { client: (await this.connect(flags)).client });
    this.show(
      schema.valid
        ? `${schema.where}: ${this.paint.green("valid")}, ${count(schema.tables.length, "table")}`
        : `${schema.where}: ${this.paint.red("invalid")}${schema.missing.length > 0 ? `, missing: ${schema.missing.join(", ")}` : ""}`,
    );
    if (!schema.valid) {
      this.note("noetl db init makes what is missing");
      this.endWith(EXIT.failure);
    }
    const { where, valid, tables, missing, message } = schema;
    return { where, valid, tables, missing, message };
  }
}
