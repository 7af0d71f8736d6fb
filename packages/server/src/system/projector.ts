import { ensureError } from "@noetl/core";
import type { ServerContext } from "../context.ts";
import { pages } from "../executions/executions.ts";
import { rebuild } from "../replay/rebuild.ts";
import { isEnded } from "../wire/execution.ts";
import type { Task } from "./tasks.ts";

const OPEN = ["PENDING", "RUNNING", "CANCELLING"] as const;
const ENDS = ["playbook.completed", "playbook.failed", "execution.cancelled"] as const;
const LIMIT = 500;

/**
 * Our projection of a run, its row, is written with its events in one transaction; what is left to a projector is to look
 * whether that holds (server-api §6.4): an open row whose log has an end is told loudly, and made anew.
 */
export function projector(context: ServerContext): Task {
  const { store, config, log, metrics, clock } = context;
  let behind: string | undefined;
  let longest = 0;
  return {
    name: "projector",
    everyMs: config.system.runsMs,
    async run(signal) {
      const started = clock.now();
      let looked = 0;
      let stale = 0;
      for await (const run of pages(store, { status: OPEN }, behind)) {
        if (signal.aborted || looked === LIMIT) break;
        looked += 1;
        behind = run.execution_id;
        try {
          const [end] = await store.log.load(run.execution_id, { types: ENDS, limit: 1 });
          metrics.projector.checked.inc();
          if (end === undefined) continue;
          // It may have ended between the two reads.
          const now = await store.executions.get(run.execution_id);
          if (now === undefined || isEnded(now.status)) continue;
          metrics.projector.stale.inc();
          metrics.projector.lastAction.setToCurrentTime();
          stale += 1;
          log.error("a run has ended and its row does not say so: rebuilt", { execution_id: run.execution_id });
          await rebuild(context, run.execution_id);
        } catch (error) {
          metrics.projector.errors.inc();
          metrics.projector.allErrors.inc();
          metrics.projector.lastError.setToCurrentTime();
          log.warn("cannot compare a run with its log", { execution_id: run.execution_id, error: ensureError(error) });
        }
      }
      if (looked < LIMIT) behind = undefined;
      metrics.projector.lastSuccess.setToCurrentTime();
      const took = clock.now() - started;
      longest = Math.max(longest, took);
      metrics.projector.lag.set(took);
      metrics.projector.longest.set(longest);
      metrics.projector.lastChecked.set(looked);
      metrics.projector.lastStale.set(stale);
    },
  };
}
