import { Args, BaseCommand, count, table } from "@noetl/sdk";
import { unknownCommand } from "../conduct/unknown-command.ts";
import { overview } from "../overview/overview.ts";
import { knownCommands } from "../plugins/known.ts";

export default class Commands extends BaseCommand {
  static override rows = "commands";
  static override description =
    "Lists every command, those of plugins too. With --json: arguments, flags, other spellings and the schema of each document.";
  static override examples = ["<%= config.bin %> commands", "<%= config.bin %> commands credential --json"];
  static override args = {
    words: Args.string({ ignoreStdin: true, multiple: true, description: "only commands that begin with these words" }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(Commands);
    const known = knownCommands(this.env);
    const words = (args.words ?? []).flatMap((word) => word.split(/[ :]/));
    const found = await overview(known, words);
    if (found.commands.length === 0) throw unknownCommand(words.join(" "), known);
    this.show(
      table(
        ["command", "what it does"],
        found.commands.map(({ name, summary }) => [name, summary]),
      ),
    );
    this.show(count(found.commands.length, "command"));
    return found;
  }
}
