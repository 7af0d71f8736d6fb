import type { CommandRow } from "@noetl/store";
import type { ServerContext } from "../context.ts";
import type { Publisher } from "../delivery/publisher.ts";
import { hintOfRow } from "../wire/hint.ts";
import type { Task } from "./tasks.ts";

const LIMIT = 100;

/**
 * Commands that nobody works on (server-api §4.7). Waiting for too long: announced again. Held by a worker that is gone:
 * reported lost, so that the engine issues it anew or, after three, fails its call. It looks at leases and at the worker's
 * own heartbeat, never at silence alone: a long command of a healthy worker stays where it is.
 */
export function reaper(context: ServerContext, publisher: Publisher): Task {
  const { store, clock, config, desk, metrics, runs, log } = context;
  const announced = new Map<string, number>();

  async function isWellHeld(row: CommandRow): Promise<boolean> {
    if (row.worker_id === null) return false;
    const now = clock.now();
    const owner = await store.runtimes.get("worker_pool", row.worker_id);
    const healthy = owner?.status === "ready" && now - owner.heartbeat <= config.claim.staleMs;
    return healthy && now - (row.claimed_at ?? 0) < config.claim.hardMs;
  }

  function announceAgain(row: CommandRow): void {
    const now = clock.now();
    if (now - (announced.get(row.event_id) ?? 0) < config.system.pendingMs) return;
    announced.set(row.event_id, now);
    const hint = hintOfRow(row, config.publicUrl);
    publisher.tell([hint]);
    desk.offer([hint]);
    metrics.reaped.inc({ action: "announced" });
  }

  async function lose(row: CommandRow): Promise<void> {
    const { accepted } = await runs.report(row.execution_id, (live) => {
      const open = live.run.command(row.command_id);
      if (!open) return [];
      const { step, run, command_id, iteration } = open.issued;
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
    name: "command_reaper",
    everyMs: config.system.reaperMs,
    async run(signal) {
      const rows = await store.commands.stalled({ pending_ms: config.system.pendingMs, limit: LIMIT });
      for (const row of rows) {
        if (signal.aborted) return;
        if (row.status === "PENDING") announceAgain(row);
        else if (!(await isWellHeld(row))) await lose(row);
      }
      const old = clock.now() - config.system.pendingMs * 10;
      for (const [eventId, at] of announced) if (at < old) announced.delete(eventId);
    },
  };
}
