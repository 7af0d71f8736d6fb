import { ensureError, isNoetlError } from "@noetl/core";
import type { ExecutionSummary } from "@noetl/store";
import type { ServerContext } from "../context.ts";
import { pages } from "../executions/executions.ts";
import type { Live, Report } from "../runs/index.ts";
import type { Task } from "./tasks.ts";

const OPEN = ["PENDING", "RUNNING", "CANCELLING"] as const;
/** Runs looked at in one pass; the next pass goes on behind them. */
const LIMIT = 2_000;
const LANES = 4;
const RETRY_MS = 2_000;
/** A run whose first transaction never came: the server died between two of them. */
const UNBORN_MS = 60_000;
/** By then no parent waits for it. */
const ORPHAN_MS = 3_600_000;

/** What went wrong here a moment ago: a store or a broker that was away may be back. */
export function retries({ runs, log }: ServerContext, troubled: Set<string>): Task {
  return {
    name: "retries",
    everyMs: RETRY_MS,
    async run(signal) {
      for (const id of [...troubled]) {
        if (signal.aborted) return;
        troubled.delete(id);
        try {
          await runs.ensure(id);
        } catch (error) {
          if (isNoetlError(error) && error.meaning === "not_found") continue;
          troubled.add(id);
          log.warn("cannot go on with a run", { execution_id: id, error: ensureError(error) });
        }
      }
    },
  };
}

/**
 * Puts open runs on their way again whose server is gone: their timers are set, their children started and answered. A run
 * that waits for something that can come (a worker, a child, a callback, the clock) is never ended by it.
 */
export function runSweep(context: ServerContext, troubled: Set<string>): Task {
  const { store, runs, clock, config, log, metrics } = context;
  let behind: string | undefined;
  /** Runs in memory that were put on their way here: as long as no other server works on them, nothing of them is lost. */
  const seen = new WeakSet<Live>();

  async function look(run: ExecutionSummary): Promise<void> {
    const id = run.execution_id;
    const known = runs.peek(id);
    if (known && seen.has(known) && !config.shared && !troubled.has(id)) return;
    troubled.delete(id);
    try {
      await runs.ensure(id);
      const live = runs.peek(id);
      if (live) seen.add(live);
      if (!known) metrics.orphans.inc();
    } catch (error) {
      troubled.add(id);
      log.warn("cannot go on with a run", { execution_id: id, error: ensureError(error) });
    }
  }

  /** A parent that waits starts its child again; whoever else started it was told that it failed. */
  async function unborn(run: ExecutionSummary): Promise<void> {
    const age = clock.now() - run.started_at;
    if (age <= UNBORN_MS) return;
    try {
      if (run.parent_execution_id !== null && age <= ORPHAN_MS) await runs.ensure(run.parent_execution_id);
      else await bury(run.execution_id);
    } catch (error) {
      log.warn("cannot end a run that never began", { execution_id: run.execution_id, error: ensureError(error) });
    }
  }

  async function bury(id: string): Promise<void> {
    const failed: Report = {
      type: "playbook.failed",
      error: {
        kind: "unknown",
        retryable: true,
        code: "NEVER_BEGAN",
        message: "the server stopped before the run began",
      },
      failed_steps: [],
      result: { data: null },
    };
    // Whoever started it may have come back: then it has begun by now.
    await runs.report(id, (live) => (live.seq === 0 ? [failed] : []));
  }

  return {
    name: "run_sweeper",
    everyMs: config.system.runsMs,
    async run(signal) {
      const batch: ExecutionSummary[] = [];
      for await (const run of pages(store, { status: OPEN }, behind)) {
        batch.push(run);
        if (batch.length === LIMIT) break;
      }
      behind = batch.length === LIMIT ? batch.at(-1)?.execution_id : undefined;
      const lane = async () => {
        for (let run = batch.shift(); run && !signal.aborted; run = batch.shift()) {
          await (run.seq === 0 ? unborn(run) : look(run));
          // The embedded store answers at once: without a pause nobody would be served until the pass is over.
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    },
  };
}
