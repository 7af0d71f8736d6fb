import { Args, BaseCommand } from "@noetl/sdk";
import { uninstallPlugin } from "../../plugins/install/remove.ts";

export default class PluginsUninstall extends BaseCommand {
  static override description = "Removes a plugin. The folder of a linked one is left alone.";
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "name of the plugin" }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(PluginsUninstall);
    const { name, version, source } = await uninstallPlugin(this.env, args.name);
    this.show(source.kind === "link" ? `unlinked ${name}` : `uninstalled ${name} ${version}`);
    return { name, version, uninstalled: true };
  }
}
