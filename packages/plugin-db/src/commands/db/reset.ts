import { BaseCommand, Flags } from "@noetl/sdk";
import { directTarget, withDirect } from "../../direct/open.ts";
import { resetSchema } from "../../direct/schema.ts";

export default class DbReset extends BaseCommand {
  static override description =
    "Deletes everything NoETL keeps in the database — executions, catalog, credentials — and makes the schema anew. Always on the database itself.";
  static override flags = { yes: Flags.boolean({ char: "y", description: "do not ask" }) };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(DbReset);
    const { where } = directTarget(this.env);
    const question = `Delete all executions, playbooks and credentials in ${where}?`;
    if (!(await this.agreed(question, flags, "reset"))) {
      this.note("nothing was deleted");
      return { where, reset: false };
    }
    await withDirect(this.env, resetSchema);
    this.show(`${where}: empty`);
    return { where, reset: true };
  }
}
