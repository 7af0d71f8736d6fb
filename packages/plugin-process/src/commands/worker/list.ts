import { ensureError } from "@noetl/core";
import { count, longTime, table } from "@noetl/sdk";
import { ProcessCommand } from "../../process-command.ts";
import { uptimeText } from "../../view/status.ts";
import { listWorkers } from "../../worker/list.ts";

export default class WorkerList extends ProcessCommand {
  static override description = "Lists the workers of this machine and those that the server knows.";
  static override rows = "workers";

  async run(): Promise<unknown> {
    const { flags } = await this.parse(WorkerList);
    const { client } = await this.connect(flags);
    const workers = await listWorkers({
      env: this.env,
      now: Date.now(),
      registered: () => client.system.workers(),
      unreachable: (error) => this.note(`only those of this machine: ${ensureError(error).message}`),
    });
    const rows = workers.map(({ name, state, pid, pool, capacity, uptime_seconds, heartbeat }) => [
      name,
      state,
      pid === null ? "" : String(pid),
      pool ?? "",
      capacity === null ? "" : String(capacity),
      uptime_seconds === null ? "" : uptimeText(uptime_seconds),
      heartbeat === null ? "" : longTime(Date.parse(heartbeat)),
    ]);
    if (rows.length > 0) this.show(table(["worker", "state", "pid", "pool", "capacity", "up", "heartbeat"], rows));
    this.show(count(rows.length, "worker"));
    return { workers };
  }
}
