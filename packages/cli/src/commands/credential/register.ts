import { parseCredentials } from "@noetl/plugin-catalog/credentials";
import { Args, BaseCommand, Flags } from "@noetl/sdk";
import { readText } from "@noetl/sdk/payload";
import { openShelf, placeFlags } from "../../credentials/shelf.ts";

export default class CredentialRegister extends BaseCommand {
  static override rows = "credentials";
  static override description =
    "Stores credentials on this machine or a server, encrypted. A name that is there already is replaced.";
  static override examples = [
    "<%= config.bin %> credential register pg.json",
    "vault-export pg | <%= config.bin %> credential register - --name pg --type postgres",
  ];
  static override args = {
    file: Args.string({ required: true, ignoreStdin: true, description: "JSON or YAML file; - is stdin" }),
  };
  static override flags = {
    ...placeFlags,
    name: Flags.string({ description: "name to store it under" }),
    type: Flags.string({ description: "type, for example postgres or bearer" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(CredentialRegister);
    const where = args.file === "-" ? "stdin" : args.file;
    const inputs = parseCredentials(await readText(args.file), where, flags);
    const shelf = await openShelf(flags, this.env, (given) => this.connect(given));
    const credentials = [];
    for (const input of inputs) {
      const { id, name, type } = await shelf.put(input);
      credentials.push({ id, name, type });
      this.show(`stored ${name} (${type})`);
    }
    return { credentials, where: shelf.where };
  }
}
