import { unclosed } from "@noetl/engine";
import type { CommandRow } from "@noetl/store";
import type { ServerContext } from "../context.ts";
import type { Publisher } from "../delivery/publisher.ts";
import { hintOfRow } from "../wire/hint.ts";
import type { Task } from "./tasks.ts";

const LIMIT = 100;
/** as which it holds a command between taking it and saying that it is lost */
const NAME = "command_reaper";

/**
 * Commands that nobody works on (server-api §4.7). Waiting for too long: announced again. Held by a worker that is gone:
 * reported lost, so that the engine issues it anew or, after three, fails its call; when its outcome is known already, only its end is
 * missing. It looks at leases and at the worker's
 * own heartbeat, never at silence alone: a long command of a healthy worker stays where it is.
 */
export function reaper(context: ServerContext, publisher: Publisher): Task {
  const { store, clock, config, desk, metrics, runs, log } = context;
  const announced = new Map<string, number>();

  function announceAgain(row: CommandRow): void {
    const now = clock.now();
    if (now - (announced.get(row.event_id) ?? 0) < config.system.pendingMs) return;
    announced.set(row.event_id, now);
    const hint = hintOfRow(row, config.publicUrl);
    publisher.tell([hint]);
    desk.offer([hint]);
    metrics.reaped.inc({ action: "announced" });
  }

  /**
   * Takes the command from whoever holds it, as a worker would: by then it may have been extended, or the worker may be
   * well after all. Afterwards nobody else can report it.
   */
  async function lose(row: CommandRow): Promise<void> {
    const { leaseMs, staleMs, hardMs } = config.claim;
    const taken = await store.commands.claim({
      event_id: row.event_id,
      worker_id: NAME,
      lease_ms: leaseMs,
      stale_ms: staleMs,
      hard_ms: hardMs,
    });
    if (taken.outcome !== "claimed") return;
    const { accepted } = await runs.report(row.execution_id, (live) => {
      const open = live.run.command(row.command_id);
      if (!open) return [];
      const { step, run, command_id, iteration } = open.issued;
      const reported = unclosed(live.run).filter((end) => "command_id" in end && end.command_id === command_id);
      if (reported.length > 0) return reported;
      return [
        {
          type: "command.lost",
          step,
          run,
          command_id,
          ...(iteration === undefined ? {} : { iteration }),
          ...(row.worker_id === null ? {} : { worker_id: row.worker_id }),
        },
      ];
    });
    metrics.reaped.inc({ action: accepted > 0 ? "lost" : "known" });
    log.warn("a worker was lost", { worker: row.worker_id, execution_id: row.execution_id, command: row.command_id });
  }

  return {
    name: NAME,
    everyMs: config.system.reaperMs,
    async run(signal) {
      const rows = await store.commands.stalled({ pending_ms: config.system.pendingMs, limit: LIMIT });
      for (const row of rows) {
        if (signal.aborted) return;
        if (row.status === "PENDING") announceAgain(row);
        else await lose(row);
      }
      const old = clock.now() - config.system.pendingMs * 10;
      for (const [eventId, at] of announced) if (at < old) announced.delete(eventId);
    },
  };
}
