import { Args, BaseCommand, globalFlags } from "@noetl/sdk";
import { aliases, commands } from "../commands.ts";
import { completionScript, SHELLS } from "../completion/scripts.ts";

export default class Completion extends BaseCommand {
  static override examples = [
    'eval "$(<%= config.bin %> completion bash)"',
    "<%= config.bin %> completion fish > ~/.config/fish/completions/noetl.fish",
  ];
  static override args = {
    shell: Args.option({ options: SHELLS })({ required: true, ignoreStdin: true, description: "which shell" }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(Completion);
    const named = Object.entries(commands).map(([id, { summary }]) => [id.replaceAll(":", " "), summary] as const);
    const spelt = Object.entries(aliases).map(
      ([id, target]) => [id.replaceAll(":", " "), commands[target]?.summary ?? ""] as const,
    );
    const flags = ["--help", ...Object.keys(globalFlags).map((name) => `--${name}`)];
    const script = completionScript(args.shell, { commands: new Map([...named, ...spelt]), flags });
    this.show(script);
    return { shell: args.shell, script };
  }
}
