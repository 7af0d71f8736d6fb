import { Args, BaseCommand, Flags } from "@noetl/sdk";
import { openShelf, placeFlags } from "../../credentials/shelf.ts";

export default class CredentialDelete extends BaseCommand {
  static override description = "Deletes a credential from this machine or a server.";
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "name of the credential" }),
  };
  static override flags = { ...placeFlags, yes: Flags.boolean({ char: "y", description: "do not ask" }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(CredentialDelete);
    const shelf = await openShelf(flags, this.env, (given) => this.connect(given));
    const { where } = shelf;
    // Nobody is asked about what is not there.
    if (!flags.yes) await shelf.expect(args.name);
    if (!(await this.agreed(`Delete credential '${args.name}' on ${where}?`, flags))) {
      this.note("nothing was deleted");
      return { deleted: false, name: args.name, where };
    }
    await shelf.delete(args.name);
    this.show(`deleted ${args.name}`);
    return { deleted: true, name: args.name, where };
  }
}
