import { logsFlags } from "../../flags.ts";
import { ProcessCommand } from "../../process-command.ts";
import { serverPlace } from "../../processes/places.ts";

export default class ServerLogs extends ProcessCommand {
  static override description = "Prints the log of the server that runs in the background.";
  static override flags = logsFlags;

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ServerLogs);
    return this.printLog(serverPlace(this.env), flags);
  }
}
