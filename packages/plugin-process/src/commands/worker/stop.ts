import { parseDuration } from "@noetl/core";
import { ask, EXIT, Flags } from "@noetl/sdk";
import { stopFlags } from "../../flags.ts";
import { ProcessCommand } from "../../process-command.ts";
import type { Place } from "../../processes/places.ts";
import { type StopResult, stopPlace } from "../../processes/stop-place.ts";
import { stoppedText } from "../../view/stopped.ts";
import { chooseWorker, runningWorkers } from "../../worker/choose.ts";
import { readiness } from "../../worker/readiness.ts";

export default class WorkerStop extends ProcessCommand {
  static override description =
    "Stops a worker of this machine. It takes nothing more and finishes what it does; what it cannot finish goes back to the queue.";
  static override rows = "workers";
  static override flags = {
    ...stopFlags,
    name: Flags.string({ char: "n", description: "which one; the only one by default" }),
    all: Flags.boolean({ char: "a", exclusive: ["name"], description: "all of this machine" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(WorkerStop);
    const places = flags.all
      ? (await runningWorkers(this.env, Date.now())).map(({ place }) => place)
      : await this.chosen(flags);
    if (places.length === 0) this.show("No worker is running");
    const patienceMs = parseDuration(flags.timeout);
    const workers = await Promise.all(places.map((place) => this.stop(place, patienceMs, flags)));
    for (const result of workers) this.show(stoppedText(`Worker '${result.name}'`, result));
    if (workers.some(({ status }) => status === "left")) this.endWith(EXIT.failure);
    return { workers };
  }

  private stop(place: Place, patienceMs: number, flags: { force: boolean }): Promise<StopResult> {
    return stopPlace({
      place,
      patienceMs,
      mayStop: async () => true,
      isStopping: async ({ url }) =>
        url !== undefined && (await readiness(url)).reasons.includes("the worker is draining"),
      mayKill: (pid) => this.answered(`Worker '${place.name}' (process ${pid}) has not stopped yet. Kill it?`, flags),
    });
  }

  private async chosen(flags: { name?: string | undefined; "no-input"?: boolean | undefined }): Promise<Place[]> {
    const place = await chooseWorker({
      env: this.env,
      name: flags.name,
      now: Date.now(),
      ask: async (list) => {
        if (!process.stdin.isTTY || flags["no-input"]) return undefined;
        const question = `${list}Enter the number of the worker to stop: `;
        return ask({ question, input: process.stdin, output: process.stderr });
      },
    });
    return place ? [place] : [];
  }
}
