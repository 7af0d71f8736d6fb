import { NoetlError } from "@noetl/core";
import { Args, BaseCommand, editContexts, effectiveContext, RUNTIMES } from "@noetl/sdk";

export default class ContextSetRuntime extends BaseCommand {
  static override description = "Says where playbooks run when the current context is used.";
  static override args = {
    runtime: Args.option({ options: RUNTIMES })({ required: true, ignoreStdin: true, description: "where" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ContextSetRuntime);
    const name = await editContexts(this.env, (draft) => {
      const context = effectiveContext(flags.context, draft.file);
      if (!context) {
        throw new NoetlError("not_found", "CONTEXT_NOT_FOUND", "there is no current context", {
          hint: "noetl context use NAME chooses one",
        });
      }
      draft.put(context.name, { runtime: args.runtime });
      return context.name;
    });
    this.show(`${name} runs playbooks: ${args.runtime}`);
    return { name, runtime: args.runtime };
  }
}
