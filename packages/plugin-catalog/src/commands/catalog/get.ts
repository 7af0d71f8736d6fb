import { Args, BaseCommand, Flags } from "@noetl/sdk";
import { entryOf, entryRow } from "../../catalog/entry.ts";
import { playbookReference } from "../../executions/reference.ts";

export default class CatalogGet extends BaseCommand {
  static override description = "Shows an entry of the catalog, the newest version unless one is named.";
  static override examples = [
    "<%= config.bin %> catalog get demo/orders",
    "<%= config.bin %> catalog get demo/orders@2 --content > orders.yaml",
  ];
  static override args = {
    path: Args.string({ required: true, ignoreStdin: true, description: "path, path@version, or catalog id" }),
  };
  static override flags = {
    version: Flags.string({ char: "V", description: "a number or latest" }),
    content: Flags.boolean({ exclusive: ["json", "output"], description: "only the text, as it was registered" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(CatalogGet);
    this.showInPages();
    const { client } = await this.connect(flags);
    const item = await entryOf(client, playbookReference(args.path, flags.version));
    const row = entryRow(item);
    if (!flags.content) {
      const facts = [row.kind, `version ${row.version ?? "?"}`, row.created_at, row.catalog_id].filter(Boolean);
      this.show(`${this.paint.bold(row.path)}  ${facts.join("  ")}\n\n`);
    }
    this.show(item.content ?? "");
    return { ...row, content: item.content, meta: item.raw.meta ?? null };
  }
}
