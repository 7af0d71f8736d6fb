import type { Clock, Ids } from "@noetl/core";
import { snowflakes } from "@noetl/core";
import type { EventBody, LogEvent } from "@noetl/engine";
import type { ExecutionSummary, Store } from "../store.ts";

/** What the contract suite needs of an adapter: stores that share one database, and a clock it can move. */
export interface World {
  clock: TestClock;
  ids: Ids;
  /** another store over the same database, as another process would have it; the same one where that cannot be */
  open(): Promise<Store>;
  close(): Promise<void>;
}

export interface TestClock extends Clock {
  advance(ms: number): void;
}

export function testClock(start = Date.UTC(2026, 0, 1)): TestClock {
  let now = start;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

export const testIds = (): Ids => snowflakes({ machine: 7 });

export function run(ids: Ids, clock: Clock, changes: Partial<ExecutionSummary> = {}): ExecutionSummary {
  const execution_id = changes.execution_id ?? ids.next();
  return {
    execution_id,
    path: "demo/hello",
    name: "hello",
    version: null,
    catalog_id: null,
    status: "RUNNING",
    started_at: clock.now(),
    ended_at: null,
    parent_execution_id: null,
    root_execution_id: execution_id,
    source: null,
    error: null,
    definition: "a".repeat(64),
    resumed_from: null,
    seq: 0,
    ...changes,
  };
}

/** Stamps as a host does. */
export function stamper(ids: Ids, clock: Clock, executionId: string, from = 0): (body: EventBody) => LogEvent {
  let seq = from;
  return (body) => ({ ...body, event_id: ids.next(), execution_id: executionId, seq: ++seq, ts: clock.now() });
}

export const enter = (step: string): EventBody => ({ type: "step.enter", step, run: 1, from: [] });

export const issued = (step: string, command_id = `${step}#1`, attempt = 1): EventBody => ({
  type: "command.issued",
  step,
  run: 1,
  command_id,
  kind: "noop",
  attempt,
  mode: "pipeline",
});

export const completed = (step: string, command_id = `${step}#1`): EventBody => ({
  type: "command.completed",
  step,
  run: 1,
  command_id,
});
