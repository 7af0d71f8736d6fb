import { Args, BaseCommand } from "@noetl/sdk";
import { ownScript } from "../completion/own-script.ts";
import { SHELLS } from "../completion/scripts.ts";
import { knownCommands } from "../plugins/known.ts";

export default class Completion extends BaseCommand {
  static override examples = [
    'eval "$(<%= config.bin %> completion bash)"',
    'eval "$(<%= config.bin %> completion zsh)"',
    "<%= config.bin %> completion fish > ~/.config/fish/completions/noetl.fish",
  ];
  static override args = {
    shell: Args.option({ options: SHELLS })({ required: true, ignoreStdin: true, description: "which shell" }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(Completion);
    const script = ownScript(args.shell, knownCommands(this.env));
    this.show(script);
    return { shell: args.shell, script };
  }
}
