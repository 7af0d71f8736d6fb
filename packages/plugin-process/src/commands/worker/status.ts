import { EXIT, Flags } from "@noetl/sdk";
import { ProcessCommand } from "../../process-command.ts";
import { workerPlace } from "../../processes/places.ts";
import { processStatus } from "../../processes/status.ts";
import { statusText } from "../../view/status.ts";
import { readiness } from "../../worker/readiness.ts";
import { workerName } from "../../worker/start.ts";

export default class WorkerStatus extends ProcessCommand {
  static override description =
    "Shows whether a worker of this machine runs, and how it is. Exit code 3 when it does not.";
  static override flags = { name: Flags.string({ char: "n", description: "which one, default `default`" }) };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(WorkerStatus);
    const name = workerName(flags, this.env);
    const status = await processStatus(workerPlace(this.env, name), Date.now());
    if (status.state !== "running") this.endWith(EXIT.notFound);
    const ready = status.state === "running" && status.url !== null ? await readiness(status.url) : null;
    this.show(
      statusText(
        `Worker '${name}'`,
        status,
        ready === null ? [] : [["ready", ready.ready ? "yes" : ready.reasons.join("; ")]],
      ),
    );
    return { ...status, ...ready };
  }
}
