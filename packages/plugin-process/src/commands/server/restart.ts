import { parseDuration } from "@noetl/core";
import { EXIT } from "@noetl/sdk";
import { stopFlags } from "../../flags.ts";
import { ProcessCommand } from "../../process-command.ts";
import { readPidFile } from "../../processes/pid-file.ts";
import { serverPlace } from "../../processes/places.ts";
import { stopPlace } from "../../processes/stop-place.ts";
import { stoppedText } from "../../view/stopped.ts";
import ServerStart from "./start.ts";

export default class ServerRestart extends ProcessCommand {
  static override description =
    "Stops the server and starts it again with the flags it was started with; flags given here take the place of those.";
  static override flags = {
    ...ServerStart.flags,
    force: stopFlags.force,
    timeout: stopFlags.timeout,
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ServerRestart);
    const place = serverPlace(this.env);
    const before = await readPidFile(place.pidFile);
    const stopped = await stopPlace({
      place,
      patienceMs: parseDuration(flags.timeout),
      mayStop: async () => true,
      mayKill: (pid) => this.answered(`Process ${pid} does not stop. Kill it?`, flags),
    });
    if (stopped.status === "left") {
      this.show(stoppedText("Server", stopped));
      this.endWith(EXIT.failure);
      return stopped;
    }
    const former = before.state === "none" ? [] : (before.record.args ?? []);
    const given = startArguments(this.argv);
    return new ServerStart([...without(former, given), ...given], this.config).run();
  }
}

/** `former` is `--flag value` and `--flag`, as the server wrote it down; what is given anew is not said twice. */
function without(former: readonly string[], given: readonly string[]): string[] {
  const anew = new Set(given.map((word) => /^--(?:no-)?([^=]+)/.exec(word)?.[1]));
  let dropped = false;
  return former.filter((word) => {
    if (word.startsWith("--")) dropped = anew.has(word.slice(2));
    return !dropped;
  });
}

/** Without those that are about stopping. */
function startArguments(argv: readonly string[]): string[] {
  return argv.filter((word, index) => {
    const before = argv[index - 1];
    return !/^(-f|--force|--timeout(=.*)?)$/.test(word) && before !== "--timeout";
  });
}
