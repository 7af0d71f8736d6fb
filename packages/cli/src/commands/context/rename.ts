import { Args, BaseCommand, editContexts } from "@noetl/sdk";

export default class ContextRename extends BaseCommand {
  static override description = "Gives a context another name.";
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "name it has" }),
    to: Args.string({ required: true, ignoreStdin: true, description: "name it gets" }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(ContextRename);
    await editContexts(this.env, (draft) => draft.rename(args.name, args.to));
    this.show(`${args.name} is now ${args.to}`);
    return { name: args.to, before: args.name };
  }
}
