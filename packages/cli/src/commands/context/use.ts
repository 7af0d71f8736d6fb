import { Args, BaseCommand, contextNamed, editContexts } from "@noetl/sdk";

export default class ContextUse extends BaseCommand {
  static override description = "Makes a context the current one.";
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "name of the context" }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(ContextUse);
    const server = await editContexts(this.env, (draft) => {
      draft.use(args.name);
      return contextNamed(draft.file, args.name).serverUrl;
    });
    this.show(`using ${args.name}: ${server}`);
    return { name: args.name, server_url: server };
  }
}
