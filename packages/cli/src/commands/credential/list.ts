import { BaseCommand, count, Flags, shortTime, table } from "@noetl/sdk";
import { openShelf, placeFlags } from "../../credentials/shelf.ts";

export default class CredentialList extends BaseCommand {
  static override description = "Lists the credentials of this machine or a server, never their values.";
  static override rows = "credentials";
  static override flags = {
    ...placeFlags,
    type: Flags.string({ description: "only this type" }),
    query: Flags.string({ description: "only names and descriptions that hold this text" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(CredentialList);
    const { type, query } = flags;
    const shelf = await openShelf(flags, this.env, (given) => this.connect(given));
    const credentials = await shelf.list({
      ...(type !== undefined && { type }),
      ...(query !== undefined && { query }),
    });
    const rows = credentials.map((one) => [
      one.name,
      one.type,
      one.updated_at === null ? "" : shortTime(one.updated_at),
      one.tags.join(","),
      one.description ?? "",
    ]);
    if (rows.length > 0) this.show(table(["name", "type", "changed", "tags", "description"], rows));
    this.show(`${count(rows.length, "credential")} on ${shelf.where}`);
    return { credentials, where: shelf.where };
  }
}
