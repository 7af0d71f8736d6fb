import { BaseCommand, table } from "@noetl/sdk";
import { readPlugins } from "@noetl/sdk/plugins";
import { summaryOf } from "../../plugins/view.ts";

export default class PluginsList extends BaseCommand {
  static override rows = "plugins";

  async run(): Promise<unknown> {
    await this.parse(PluginsList);
    const { plugins, problem } = readPlugins(this.env);
    if (problem !== undefined) this.note(problem);
    const summaries = plugins.map(summaryOf);
    if (summaries.length === 0) this.show("no plugins");
    else {
      const rows = summaries.map((one) => [
        one.name,
        one.version,
        one.source,
        one.commands.join(", "),
        one.tools.join(", "),
        one.hooks.join(", "),
      ]);
      this.show(table(["name", "version", "source", "commands", "tools", "hooks"], rows));
    }
    return { plugins: summaries };
  }
}
