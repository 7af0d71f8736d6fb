import { stat } from "node:fs/promises";
import type { Client } from "@noetl/client";
import { NoetlError } from "@noetl/core";
import { Args, BaseCommand, EXIT, Flags } from "@noetl/sdk";
import { readText } from "@noetl/sdk/payload";
import { type DiffLine, diffLines } from "../../catalog/diff.ts";
import { entryOf } from "../../catalog/entry.ts";
import { playbookReference } from "../../executions/reference.ts";

interface Side {
  name: string;
  text: string;
}

export default class CatalogDiff extends BaseCommand {
  static override description =
    "Compares two texts line by line: versions of the catalog, files, or - for stdin. With one path: its last change.";
  static override examples = [
    "<%= config.bin %> catalog diff demo/orders",
    "<%= config.bin %> catalog diff demo/orders@2 demo/orders@5",
    "<%= config.bin %> catalog diff demo/orders ./orders.yaml --exit-code",
  ];
  static override args = {
    from: Args.string({ required: true, ignoreStdin: true, description: "path, path@version, id, file or -" }),
    to: Args.string({ ignoreStdin: true, description: "the same; by default the newest version of the path" }),
  };
  static override flags = { "exit-code": Flags.boolean({ description: "exit code 1 when they differ" }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(CatalogDiff);
    this.showInPages();
    const { client } = await this.connect(flags);
    const [from, to] =
      args.to === undefined
        ? await lastChange(client, args.from)
        : [await side(client, args.from), await side(client, args.to)];
    const hunks = diffLines(from.text, to.text);
    if (hunks.length > 0) {
      this.show(`${this.paint.bold(`--- ${from.name}\n+++ ${to.name}`)}`);
      for (const hunk of hunks) {
        const counted = (mark: DiffLine["mark"]) =>
          hunk.lines.filter((line) => line.mark === " " || line.mark === mark).length;
        this.show(this.paint.cyan(`@@ -${hunk.from},${counted("-")} +${hunk.to},${counted("+")} @@`));
        for (const line of hunk.lines) this.show(this.colored(line));
      }
    } else this.note(`${from.name} and ${to.name} are the same`);
    if (hunks.length > 0 && flags["exit-code"]) this.endWith(EXIT.failure);
    return { from: from.name, to: to.name, differ: hunks.length > 0, hunks };
  }

  private colored({ mark, text }: DiffLine): string {
    const line = `${mark}${text}`;
    if (mark === "+") return this.paint.green(line);
    return mark === "-" ? this.paint.red(line) : line;
  }
}

async function side(client: Client, name: string): Promise<Side> {
  if (name === "-") return { name: "stdin", text: await readText("-") };
  if (/\.(ya?ml|json)$/i.test(name) || (await isFile(name))) return { name, text: await readText(name) };
  const item = await entryOf(client, playbookReference(name));
  return { name: `${item.path}@${item.version ?? "?"}`, text: item.content ?? "" };
}

async function lastChange(client: Client, name: string): Promise<[Side, Side]> {
  const newest = await entryOf(client, playbookReference(name));
  const before = (newest.version ?? 1) - 1;
  if (before < 1) {
    throw new NoetlError("not_found", "NO_EARLIER_VERSION", `${newest.path} has one version only`, {
      hint: "name a file or a second path to compare it with",
    });
  }
  return [
    await side(client, `${newest.path}@${before}`),
    { name: `${newest.path}@${newest.version}`, text: newest.content ?? "" },
  ];
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "ENAMETOOLONG") return false;
      throw error;
    },
  );
}
