import { BaseCommand, count, Flags, shortTime, table } from "@noetl/sdk";
import { withCredentials } from "../../credentials/local-store.ts";

export default class CredentialList extends BaseCommand {
  static override rows = "credentials";
  static override flags = {
    type: Flags.string({ description: "only this type" }),
    query: Flags.string({ description: "only names and descriptions that hold this text" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(CredentialList);
    const { type, query } = flags;
    const credentials = await withCredentials(this.env, (all) =>
      all.list({ ...(type !== undefined && { type }), ...(query !== undefined && { query }) }),
    );
    const rows = credentials.map((one) => [
      one.name,
      one.type,
      shortTime(one.updated_at),
      one.tags.join(","),
      one.description ?? "",
    ]);
    if (rows.length > 0) this.show(table(["name", "type", "changed", "tags", "description"], rows));
    this.show(count(rows.length, "credential"));
    return { credentials };
  }
}
