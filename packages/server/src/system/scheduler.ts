import { ensureError, isNoetlError } from "@noetl/core";
import type { Schedule } from "@noetl/store";
import type { ServerContext } from "../context.ts";
import { nextTime, parseCron } from "./cron.ts";
import type { Task } from "./tasks.ts";

const LIMIT = 50;
const EVERY_MS = 1_000;
const DEDUP_MS = 86_400_000;

/** When a schedule is due after `after`; null = never again. Meaning `validation`: its cron line or time zone is wrong. */
export function nextRun(
  schedule: Pick<Schedule, "cron" | "interval_seconds" | "timezone">,
  after: number,
): number | null {
  if (schedule.cron !== null) return nextTime(parseCron(schedule.cron), after, schedule.timezone) ?? null;
  return schedule.interval_seconds === null ? null : after + schedule.interval_seconds * 1_000;
}

/** Starts what is due. Of several schedulers one moves a schedule on; what it starts is de-duplicated by the time it was due. */
export function scheduler({ store, clock, runs, log, metrics }: ServerContext): Task {
  async function begin(schedule: Schedule, due: number): Promise<string> {
    try {
      const { execution_id } = await runs.start({
        path: schedule.playbook_path,
        ...(schedule.playbook_version === null || schedule.playbook_version === "latest"
          ? {}
          : { version: Number(schedule.playbook_version) }),
        payload: schedule.input_payload,
        dedup: { key: `schedule:${schedule.schedule_id}:${due}`, window_ms: DEDUP_MS },
      });
      metrics.schedules.inc({ outcome: "started" });
      return `started ${execution_id}`;
    } catch (error) {
      const cause = ensureError(error);
      // Later is soon enough: it stays due.
      if (isNoetlError(cause) && (cause.meaning === "unavailable" || cause.meaning === "timeout")) throw cause;
      metrics.schedules.inc({ outcome: "failed" });
      log.error("a schedule could not start its playbook", { schedule: schedule.schedule_id, error: cause });
      return `failed: ${cause.message}`;
    }
  }

  return {
    name: "scheduler",
    everyMs: EVERY_MS,
    async run(signal) {
      const now = clock.now();
      for (const schedule of await store.schedules.due(now, LIMIT)) {
        const due = schedule.next_run_at;
        if (due === null || signal.aborted) continue;
        // The run first: a crash in between starts it again under the same key, which is no second run.
        const status = await begin(schedule, due);
        await store.schedules.advance(schedule.schedule_id, due, nextRun(schedule, Math.max(now, due)), status);
      }
    },
  };
}
