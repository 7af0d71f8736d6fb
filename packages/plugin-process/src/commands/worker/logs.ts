import { existsSync } from "node:fs";
import { NoetlError } from "@noetl/core";
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
    const place = workerPlace(this.env, workerName(flags, this.env));
    if (flags.name !== undefined && !existsSync(place.logFile)) {
      throw new NoetlError("not_found", "WORKER_NOT_FOUND", `no worker '${flags.name}' was started on this machine`, {
        hint: "noetl worker list shows those that run",
      });
    }
    return this.printLog(place, flags);
  }
}
