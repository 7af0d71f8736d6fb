import { lacksRoute } from "@noetl/client";
import { NoetlError } from "@noetl/core";
import { Args, BaseCommand, count, Flags } from "@noetl/sdk";
import { entryOf } from "../../catalog/entry.ts";
import { playbookReference, referenceText } from "../../executions/reference.ts";

export default class CatalogDelete extends BaseCommand {
  static override description =
    "Deletes a version of an entry, or all of them. What executions refer to is archived instead.";
  static override examples = [
    "<%= config.bin %> catalog delete demo/orders@2",
    "<%= config.bin %> catalog delete demo/orders --yes",
  ];
  static override args = {
    path: Args.string({ required: true, ignoreStdin: true, description: "path or path@version" }),
  };
  static override flags = {
    version: Flags.string({ char: "V", description: "only this version" }),
    yes: Flags.boolean({ char: "y", description: "do not ask" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(CatalogDelete);
    const { client, server } = await this.connect(flags);
    const item = await entryOf(client, playbookReference(args.path, flags.version));
    const named = playbookReference(args.path, flags.version);
    const version = "path" in named && named.version === undefined ? undefined : (item.version ?? undefined);
    const what = version === undefined ? `all versions of ${item.path}` : referenceText({ path: item.path, version });
    // All versions at once: the path has to be typed.
    const expected = version === undefined ? item.path : undefined;
    if (!(await this.agreed(`Delete ${what} on ${server.url}?`, flags, expected))) {
      this.note("nothing was deleted");
      return { path: item.path, version: version ?? null, deleted: 0, message: null };
    }
    const done = await client.catalog.delete(item.path, version).catch((error: unknown) => {
      if (!lacksRoute(error)) throw error;
      throw new NoetlError("terminal", "E_NOT_SUPPORTED", `${server.url} cannot delete entries`, { cause: error });
    });
    this.show(`deleted ${what} (${count(done.count, "version")})`);
    return { path: item.path, version: version ?? null, deleted: done.count, message: done.message };
  }
}
