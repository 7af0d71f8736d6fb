import { NoetlError } from "@noetl/core";
import { openRun, type Run } from "@noetl/engine";
import type { ExecutionSummary, Store } from "@noetl/store";
import type { Definitions } from "./definitions.ts";

/** A run in memory with what the store says of it. */
export interface Live {
  run: Run;
  summary: ExecutionSummary;
  /** last seq that is stored and folded */
  seq: number;
  /** how many runs called one another to get here; 0 for a run nobody called */
  depth: number;
}

/** Runs kept between turns, so that an event costs no replay. Dropped when another server wrote, when they end, when they are old. */
export interface LiveRuns {
  /** From memory, else folded from the log. Meaning `not_found`. */
  get(executionId: string): Promise<Live>;
  add(live: Live): void;
  drop(executionId: string): void;
  readonly size: number;
}

export function openLiveRuns(store: Store, definitions: Definitions, limit = 2_000): LiveRuns {
  const runs = new Map<string, Live>();
  const add = (live: Live) => {
    runs.delete(live.summary.execution_id);
    runs.set(live.summary.execution_id, live);
    for (const oldest of runs.keys()) {
      if (runs.size <= limit) break;
      runs.delete(oldest);
    }
  };
  return {
    async get(executionId) {
      const known = runs.get(executionId);
      if (known) {
        add(known);
        return known;
      }
      const summary = await store.executions.get(executionId);
      if (!summary) throw new NoetlError("not_found", "EXECUTION_NOT_FOUND", `execution not found: ${executionId}`);
      const text = await store.executions.definition(summary.definition);
      if (text === undefined)
        throw new NoetlError("internal", "DEFINITION_MISSING", `execution ${executionId} has no playbook text`);
      const run = openRun(definitions.plan(text, summary.definition));
      let seq = 0;
      let depth = 0;
      for (;;) {
        const events = await store.log.load(executionId, { afterSeq: seq, limit: 5_000 });
        for (const event of events) {
          if (event.type === "playbook.initialized") depth = event.depth;
          run.fold(event);
        }
        const last = events.at(-1);
        if (!last || last.seq === seq) break;
        seq = last.seq;
        if (events.length < 5_000) break;
      }
      const live = { run, summary, seq, depth };
      add(live);
      return live;
    },
    add,
    drop: (executionId) => void runs.delete(executionId),
    get size() {
      return runs.size;
    },
  };
}
