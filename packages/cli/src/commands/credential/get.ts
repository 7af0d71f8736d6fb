import { Args, BaseCommand, Flags, longTime } from "@noetl/sdk";
import { unknownCredential, withCredentials } from "../../credentials/local-store.ts";

export default class CredentialGet extends BaseCommand {
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "name of the credential" }),
  };
  static override flags = { reveal: Flags.boolean({ description: "print the secret values" }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(CredentialGet);
    const found = await withCredentials(this.env, (credentials) => credentials.get(args.name));
    if (!found) throw unknownCredential(args.name);
    const data = flags.reveal ? found.data : Object.fromEntries(Object.keys(found.data).map((key) => [key, "***"]));
    const lines = [
      `${found.name}  ${found.type}  ${longTime(found.updated_at)}`,
      ...(found.description ? [found.description] : []),
      ...Object.entries(data).map(
        ([key, value]) => `  ${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
      ),
    ];
    this.show(lines.join("\n"));
    return { ...found, data };
  }
}
