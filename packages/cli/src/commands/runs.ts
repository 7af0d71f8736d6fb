import { formatDuration } from "@noetl/core";
import { listRuns, openShelf } from "@noetl/runner";
import { BaseCommand, count, Flags, shortTime, statusWordOf, table } from "@noetl/sdk";
import { runDocument } from "../runs/document.ts";

export default class Runs extends BaseCommand {
  static override rows = "runs";
  static override description =
    "Lists runs, newest first. INTERRUPTED means that the process of the run is gone; noetl run FILE --resume goes on from it.";
  static override flags = {
    limit: Flags.integer({ char: "n", default: 20, min: 1, description: "how many" }),
    status: Flags.string({ multiple: true, multipleNonGreedy: true, description: "only with this status" }),
    path: Flags.string({ description: "only of the playbook with this path" }),
    all: Flags.boolean({ char: "a", description: "also runs that other runs started" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Runs);
    const status = flags.status?.map(statusWordOf);
    const shelf = await openShelf(this.env);
    const runs = await listRuns(shelf, {
      limit: flags.limit,
      all: flags.all,
      ...(status && { status }),
      ...(flags.path !== undefined && { path: flags.path }),
    }).finally(() => shelf.store.close());
    const rows = runs.map((run) => [
      run.execution_id,
      run.status,
      run.path,
      shortTime(run.started_at),
      run.ended_at === null ? "" : formatDuration(run.ended_at - run.started_at),
    ]);
    if (rows.length > 0) this.show(table(["run", "status", "playbook", "started", "took"], rows));
    this.show(count(rows.length, "run"));
    return { runs: runs.map(runDocument) };
  }
}
