import { parseDuration } from "@noetl/core";
import { EXIT, Flags } from "@noetl/sdk";
import { stopFlags } from "../../flags.ts";
import { ProcessCommand } from "../../process-command.ts";
import { stopServer } from "../../server/stop.ts";
import { stoppedText } from "../../view/stopped.ts";

export default class ServerStop extends ProcessCommand {
  static override description =
    "Stops the server of this machine: SIGTERM, and after a while SIGKILL if --force or you say so. Without a PID file it looks for a NoETL server on the port.";
  static override flags = {
    ...stopFlags,
    port: Flags.integer({
      char: "p",
      default: 8082,
      min: 1,
      max: 65_535,
      env: "NOETL_PORT",
      description: "where to look when there is no PID file",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ServerStop);
    const patienceMs = parseDuration(flags.timeout);
    const { foreign, ...result } = await stopServer({
      env: this.env,
      port: flags.port,
      patienceMs,
      mayStop: async (pid, command) =>
        command === undefined || this.answered(`Stop process ${pid} on port ${flags.port} (${command})?`, flags),
      mayKill: (pid) => this.answered(`Process ${pid} does not stop. Kill it?`, flags),
    });
    if (foreign !== undefined) this.note(`port ${flags.port} is used by ${foreign}, which is no NoETL server`);
    if (result.status === "left") this.endWith(EXIT.failure);
    this.show(stoppedText("Server", result));
    return result;
  }
}
