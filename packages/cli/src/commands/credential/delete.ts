import { Args, BaseCommand, confirm, Flags } from "@noetl/sdk";
import { unknownCredential, withCredentials } from "../../credentials/local-store.ts";

export default class CredentialDelete extends BaseCommand {
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "name of the credential" }),
  };
  static override flags = { yes: Flags.boolean({ char: "y", description: "do not ask" }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(CredentialDelete);
    const question = `Delete credential '${args.name}'?`;
    const streams = { input: process.stdin, output: process.stderr };
    if (!flags.yes && !(await confirm({ question, flag: "--yes", ...streams }))) {
      this.note("nothing was deleted");
      return { deleted: false, name: args.name };
    }
    const deleted = await withCredentials(this.env, (credentials) => credentials.delete(args.name));
    if (!deleted) throw unknownCredential(args.name);
    this.show(`deleted ${args.name}`);
    return { deleted, name: args.name };
  }
}
