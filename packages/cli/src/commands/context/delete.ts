import { Args, BaseCommand, contextNamed, editContexts, Flags, readContexts } from "@noetl/sdk";

export default class ContextDelete extends BaseCommand {
  static override description = "Removes a context with its session; asks when it is the current one.";
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "name of the context" }),
  };
  static override flags = { yes: Flags.boolean({ char: "y", description: "do not ask" }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ContextDelete);
    const { name } = args;
    const file = await readContexts(this.env);
    contextNamed(file, name);
    if (file.current === name && !(await this.agreed(`'${name}' is the current context. Delete it?`, flags))) {
      this.note("nothing was deleted");
      return { name, deleted: false };
    }
    await editContexts(this.env, (draft) => draft.remove(name));
    this.show(`deleted ${name}`);
    return { name, deleted: true };
  }
}
