import { Args, BaseCommand, Flags } from "@noetl/sdk";
import { broughtText } from "../../plugins/brought-text.ts";
import { installPlugin } from "../../plugins/install/install.ts";
import { interruptible } from "../../plugins/install/interruptible.ts";
import { sourceOf } from "../../plugins/install/source.ts";
import { summaryOf } from "../../plugins/view.ts";

export default class PluginsInstall extends BaseCommand {
  static override description =
    "Installs a plugin with the npm of this machine. Its install scripts do not run unless --allow-scripts says so.";
  static override examples = [
    "<%= config.bin %> plugins install noetl-weather",
    "<%= config.bin %> plugins install ./noetl-weather",
    "<%= config.bin %> plugins install ./noetl-weather-0.1.0.tgz",
  ];
  static override args = {
    what: Args.string({
      required: true,
      ignoreStdin: true,
      description: "npm package, ./folder or .tgz file",
    }),
  };
  static override flags = { "allow-scripts": Flags.boolean({ description: "let install scripts run" }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PluginsInstall);
    const source = await sourceOf(args.what, process.cwd());
    const plugin = await interruptible((signal) =>
      installPlugin({
        env: this.env,
        source,
        allowScripts: flags["allow-scripts"] ?? false,
        note: (text) => this.note(text),
        signal,
      }),
    );
    this.show(broughtText("installed", plugin));
    return summaryOf(plugin);
  }
}
