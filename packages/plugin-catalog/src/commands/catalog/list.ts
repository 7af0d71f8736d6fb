import type { Client } from "@noetl/client";
import { Args, BaseCommand, count, Flags, nearest, shortTime, table } from "@noetl/sdk";
import { byPath, type EntryRow, entryRow, newestOf } from "../../catalog/entry.ts";
import { canonicalKind, KINDS } from "../../register/document.ts";

export default class CatalogList extends BaseCommand {
  static override description =
    "Lists the catalog of the server: the newest version of every path, of one kind when it is named (playbook, agent, credential …).";
  static override examples = [
    "<%= config.bin %> catalog list",
    "<%= config.bin %> list playbooks --path demo/ --all-versions",
    "<%= config.bin %> list credential -o name",
  ];
  static override rows = "entries";
  static override args = {
    type: Args.string({ ignoreStdin: true, description: "kind, in any case, singular or plural" }),
  };
  static override flags = {
    "all-versions": Flags.boolean({ description: "every version" }),
    path: Flags.string({ description: "only paths that begin with this" }),
    limit: Flags.integer({ char: "n", min: 1, description: "how many" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(CatalogList);
    this.showInPages();
    const { client } = await this.connect(flags);
    const kind = args.type === undefined ? undefined : canonicalKind(args.type);
    const all =
      kind === "credential" ? await credentialRows(client) : await entryRows(client, kind, flags["all-versions"]);
    const entries = all
      .filter((row) => flags.path === undefined || row.path.startsWith(flags.path))
      .slice(0, flags.limit);
    const rows = entries.map((row) => [
      row.path,
      row.version === null ? "" : String(row.version),
      row.kind,
      row.created_at === null ? "" : shortTime(Date.parse(row.created_at)),
    ]);
    if (rows.length > 0) this.show(table(["path", "version", "kind", "created"], rows));
    this.show(count(rows.length, "entry", "entries"));
    if (all.length === 0 && kind !== undefined && !KINDS.includes(kind)) await this.tellKinds(client, kind);
    return { entries };
  }

  /** A catalog may hold kinds of any name, so an unknown one is no error; but it may be a slip. */
  private async tellKinds(client: Client, kind: string): Promise<void> {
    const held = (await entryRows(client, undefined, false)).map((row) => row.kind);
    const kinds = [...new Set([...held, ...KINDS])].sort();
    const meant = nearest(kind, kinds);
    const question = meant === undefined ? "" : `; did you mean '${meant}'?`;
    this.note(`there is no kind '${kind}'; those known here: ${kinds.join(", ")}${question}`);
  }
}

async function entryRows(client: Client, kind: string | undefined, allVersions: boolean): Promise<EntryRow[]> {
  const filter = { ...(kind !== undefined && { kind }), ...(!allVersions && { latest_only: true }) };
  const items = await client.catalog.list(filter);
  return (allVersions ? items.sort(byPath) : newestOf(items)).map(entryRow);
}

/** Credentials are kept beside the catalog (weakness 6). */
async function credentialRows(client: Client): Promise<EntryRow[]> {
  const found = await client.credentials.list();
  return found.map(({ name, id }) => ({
    path: name,
    version: null,
    kind: "credential",
    catalog_id: id,
    created_at: null,
  }));
}
