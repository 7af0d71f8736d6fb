import { relative, resolve } from "node:path";
import { Args, BaseCommand, Flags } from "@noetl/sdk";
import { scaffoldPlugin } from "../../plugins/scaffold/scaffold.ts";

export default class PluginsNew extends BaseCommand {
  static override description = "Makes a plugin with one command, one tool and their tests, in a folder of its own.";
  static override examples = ["<%= config.bin %> plugins new noetl-weather"];
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "name of the package" }),
  };
  static override flags = { folder: Flags.string({ description: "where to make it; default ./NAME without a scope" }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PluginsNew);
    const cwd = process.cwd();
    const folder = resolve(cwd, flags.folder ?? args.name.split("/").at(-1) ?? args.name);
    const made = await scaffoldPlugin(args.name, folder);
    const shown = relative(cwd, folder) || ".";
    this.show(`made ${made.name} in ${shown}`);
    this.note(`next: cd ${shown} && ${made.tests_ready ? "npm test" : "npm install && npm test"}`);
    this.note(`      noetl plugins link . && noetl ${made.command} Ada && noetl run examples/greet.yaml`);
    return made;
  }
}
