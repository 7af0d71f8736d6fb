import { Args, BaseCommand, EXIT } from "@noetl/sdk";
import { inspectPlugin } from "../../plugins/inspect.ts";
import { keysText } from "../../plugins/keys-text.ts";

export default class PluginsInspect extends BaseCommand {
  static override description =
    "Shows a plugin and loads all of it to see whether it works. Exit code 1 when it does not.";
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "name of the plugin" }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(PluginsInspect);
    const found = await inspectPlugin(this.env, args.name);
    const { paint } = this;
    const lines: [string, string | undefined][] = [
      ["source", `${found.source} ${found.from}`],
      ["folder", found.folder],
      ["integrity", found.integrity],
      ["scripts", found.scripts ? "allowed" : "not run"],
      ["commands", found.commands.join(", ") || undefined],
      ["tools", found.tools.join(", ") || undefined],
      ["hooks", found.hooks.join(", ") || undefined],
    ];
    this.show(paint.bold(`${found.name} ${found.version}`));
    if (found.description) this.show(found.description);
    for (const [name, value] of lines) if (value !== undefined) this.show(`  ${name.padEnd(10)}${value}`);
    for (const [kind, schema] of Object.entries(found.schemas)) this.show(keysText(kind, schema, paint));
    for (const problem of found.problems) this.show(`${paint.red("FAIL")}  ${problem}`);
    if (found.problems.length > 0) this.endWith(EXIT.failure);
    return found;
  }
}
