import { type JsonObject, NoetlError } from "@noetl/core";
import { openRun, type PlaybookInitialized, type Run } from "@noetl/engine";
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
  /** pool it was started for; absent = by path and kind (server-api §4.2) */
  pool?: string;
  trace?: { [name: string]: string };
  /** rendered and frozen */
  workload: JsonObject;
}

/** Runs kept between turns, so that an event costs no replay. Dropped when another server wrote, when they end, when they are old. */
export interface LiveRuns {
  /** From memory, else folded from the log. Meaning `not_found`. */
  get(executionId: string): Promise<Live>;
  /** As `get`, with what other servers wrote meanwhile. Only inside the mutex of the run: a turn folds before it is stored. */
  fresh(executionId: string): Promise<Live>;
  peek(executionId: string): Live | undefined;
  add(live: Live): void;
  drop(executionId: string): void;
  readonly size: number;
}

const PAGE = 5_000;
/** Ended runs are looked at for a while, by their parents and by whoever waits for them. */
const ENDED_KEPT = 200;

export function openLiveRuns(
  store: Store,
  definitions: Definitions,
  limit = 2_000,
  built: (events: number) => void = () => {},
): LiveRuns {
  const runs = new Map<string, Live>();
  const ended = new Set<string>();
  const drop = (executionId: string) => {
    runs.delete(executionId);
    ended.delete(executionId);
  };
  const add = (live: Live) => {
    const { execution_id } = live.summary;
    runs.delete(execution_id);
    runs.set(execution_id, live);
    if (live.run.status === "COMPLETED" || live.run.status === "FAILED" || live.run.status === "CANCELLED") {
      ended.add(execution_id);
      for (const oldest of ended) {
        if (ended.size <= ENDED_KEPT) break;
        drop(oldest);
      }
    }
    for (const oldest of runs.keys()) {
      if (runs.size <= limit) break;
      drop(oldest);
    }
  };

  /** Folds what is stored and not folded yet. */
  async function follow(live: Live): Promise<void> {
    for (;;) {
      const events = await store.log.load(live.summary.execution_id, { afterSeq: live.seq, limit: PAGE });
      const from = live.seq;
      for (const event of events) {
        if (event.type === "playbook.initialized") Object.assign(live, originOf(event));
        live.run.fold(event);
        live.seq = Math.max(live.seq, event.seq);
      }
      if (events.length < PAGE || live.seq === from) return;
    }
  }

  async function load(executionId: string): Promise<Live> {
    const summary = await store.executions.get(executionId);
    if (!summary) throw new NoetlError("not_found", "EXECUTION_NOT_FOUND", `execution not found: ${executionId}`);
    const text = await store.executions.definition(summary.definition);
    if (text === undefined) {
      throw new NoetlError("internal", "DEFINITION_MISSING", `execution ${executionId} has no playbook text`);
    }
    const live: Live = {
      run: openRun(definitions.plan(text, summary.definition)),
      summary,
      seq: 0,
      depth: 0,
      workload: {},
    };
    await follow(live);
    built(live.seq);
    add(live);
    return live;
  }

  async function get(executionId: string): Promise<Live> {
    const known = runs.get(executionId);
    if (!known) return load(executionId);
    add(known);
    return known;
  }

  return {
    get,
    async fresh(executionId) {
      const known = runs.get(executionId);
      if (!known) return load(executionId);
      const summary = await store.executions.get(executionId);
      if (!summary) {
        drop(executionId);
        throw new NoetlError("not_found", "EXECUTION_NOT_FOUND", `execution not found: ${executionId}`);
      }
      if (summary.seq !== known.seq) await follow(known);
      known.summary = summary;
      add(known);
      return known;
    },
    peek: (executionId) => runs.get(executionId),
    add,
    drop,
    get size() {
      return runs.size;
    },
  };
}

/** What a host remembers of how a run was started. */
export function originOf(event: PlaybookInitialized): Pick<Live, "depth" | "workload" | "pool" | "trace"> {
  return {
    depth: event.depth,
    workload: event.workload,
    ...(event.pool === undefined ? {} : { pool: event.pool }),
    ...(event.trace === undefined ? {} : { trace: event.trace }),
  };
}
