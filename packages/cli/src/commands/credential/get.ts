import { Args, BaseCommand, Flags, longTime } from "@noetl/sdk";
import { openShelf, placeFlags } from "../../credentials/shelf.ts";

export default class CredentialGet extends BaseCommand {
  static override description = "Shows a credential of this machine or a server, its values only with --reveal.";
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "name of the credential" }),
  };
  static override flags = {
    ...placeFlags,
    reveal: Flags.boolean({
      aliases: ["include-data", "show-secrets"],
      description: "print the secret values",
    }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(CredentialGet);
    const shelf = await openShelf(flags, this.env, (given) => this.connect(given));
    const found = await shelf.get(args.name, flags.reveal);
    const head = [found.name, found.type, found.updated_at === null ? undefined : longTime(found.updated_at)];
    const lines = [
      head.filter(Boolean).join("  "),
      ...(found.description ? [found.description] : []),
      ...Object.entries(found.data ?? {}).map(
        ([key, value]) => `  ${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
      ),
    ];
    this.show(lines.join("\n"));
    return { ...found, where: shelf.where };
  }
}
