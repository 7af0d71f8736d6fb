import { Args, BaseCommand, effectiveContext, readContexts } from "@noetl/sdk";
import { contextText, contextView } from "../../contexts/view.ts";

export default class ContextCurrent extends BaseCommand {
  static override description = "Shows the current context, or the one that is named; never its secrets.";
  static override args = { name: Args.string({ ignoreStdin: true, description: "name of a context" }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ContextCurrent);
    const file = await readContexts(this.env);
    const context = effectiveContext(args.name ?? flags.context, file);
    if (!context) {
      this.note("there is no current context; noetl context use NAME chooses one");
      return { context: null };
    }
    const view = contextView(context, file.current);
    this.show(contextText(view));
    return { context: view };
  }
}
