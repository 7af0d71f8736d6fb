import { Flags } from "@noetl/sdk";
import { logsFlags } from "../../flags.ts";
import { ProcessCommand } from "../../process-command.ts";
import { workerPlace } from "../../processes/places.ts";
import { workerName } from "../../worker/start.ts";

export default class WorkerLogs extends ProcessCommand {
  static override description = "Prints the log of a worker that runs in the background.";
  static override flags = {
    ...logsFlags,
    name: Flags.string({ description: "which one, default `default`" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(WorkerLogs);
    return this.printLog(workerPlace(this.env, workerName(flags, this.env)), flags);
  }
}
