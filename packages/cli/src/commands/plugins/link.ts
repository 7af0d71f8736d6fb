import { Args, BaseCommand } from "@noetl/sdk";
import { broughtText } from "../../plugins/brought-text.ts";
import { linkPlugin } from "../../plugins/install/link.ts";
import { summaryOf } from "../../plugins/view.ts";

export default class PluginsLink extends BaseCommand {
  static override description =
    "Uses a plugin from the folder in which it is developed. What changes there holds from the next command on.";
  static override examples = ["<%= config.bin %> plugins link ."];
  static override args = {
    folder: Args.string({ required: true, ignoreStdin: true, description: "folder of the plugin" }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(PluginsLink);
    const plugin = await linkPlugin(this.env, args.folder, process.cwd());
    this.show(broughtText("linked", plugin));
    return summaryOf(plugin);
  }
}
