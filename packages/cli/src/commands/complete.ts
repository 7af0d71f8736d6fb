import { Args, BaseCommand, EXIT, Flags } from "@noetl/sdk";
import { complete } from "../completion/complete.ts";
import { knownCommands } from "../plugins/known.ts";

/** A shell that is asked for a word waits for the answer, ms. */
const PATIENCE_MS = 1_000;

export default class Complete extends BaseCommand {
  static override rows = "words";
  static override description =
    "What the scripts of noetl completion ask: the words that can stand behind WORDS, one a line. A server that does not answer within a second is done without; nothing is an error. Exit code 1 says that there are none and that a file may be meant. --debug tells what did not answer.";
  static override examples = [
    "<%= config.bin %> complete --typed=exa -- run",
    "<%= config.bin %> complete -- context use",
  ];
  static override args = {
    words: Args.string({ ignoreStdin: true, multiple: true, description: "what is before the cursor, behind --" }),
  };
  static override flags = { typed: Flags.string({ default: "", description: "beginning of the word at the cursor" }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Complete);
    const found = await complete(args.words ?? [], flags.typed, {
      known: knownCommands(this.env),
      env: this.env,
      flags,
      cwd: process.cwd(),
      patienceMs: PATIENCE_MS,
      trouble: (error) => flags.debug && this.note(String(error)),
    });
    for (const word of found.words) this.show(word);
    if (found.files) this.endWith(EXIT.failure);
    return found;
  }
}
