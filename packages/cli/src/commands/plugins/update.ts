import { Args, BaseCommand, EXIT } from "@noetl/sdk";
import { interruptible } from "../../plugins/install/interruptible.ts";
import { updatePlugins } from "../../plugins/install/update.ts";

export default class PluginsUpdate extends BaseCommand {
  static override description =
    "Brings one plugin, or all, to what their source has now. One that fails stays as it was and stops no other.";
  static override args = { name: Args.string({ ignoreStdin: true, description: "name of the plugin; default all" }) };
  static override rows = "updates";

  async run(): Promise<unknown> {
    const { args } = await this.parse(PluginsUpdate);
    const updates = await interruptible((signal) =>
      updatePlugins(this.env, args.name, { note: (text) => this.note(text), signal }),
    );
    for (const { name, from, to, error } of updates) {
      if (error !== undefined) this.show(`${name}: ${this.paint.red("failed")}, still ${from}: ${error}`);
      else this.show(to === from ? `${name}: ${from}` : `${name}: ${from} → ${to}`);
    }
    if (updates.length === 0) this.show("no plugins");
    if (updates.some(({ error }) => error !== undefined)) this.endWith(EXIT.failure);
    return { updates };
  }
}
