import { type Clock, isObject, type JsonObject, NoetlError } from "@noetl/core";
import type { RunView } from "@noetl/engine";
import type { ExecutionSummary, Store } from "@noetl/store";
import type { Live, Runs, Started } from "../runs/index.ts";
import { isEnded } from "../wire/execution.ts";
import { partialView, STATUS_EVENTS } from "./partial-view.ts";

export interface ExecutionsPorts {
  store: Store;
  runs: Runs;
  clock: Clock;
}

/** What people and clients do with executions as a whole (server-api §2.6). */
export interface Executions {
  /** Meaning `not_found`. */
  summary(executionId: string): Promise<ExecutionSummary>;
  status(executionId: string): Promise<{ summary: ExecutionSummary; view: RunView; live?: Live }>;
  /** Of this one and, with `cascade`, of everything it started; ids of those that were not over. */
  cancel(
    executionId: string,
    options: { reason: string; cascade: boolean; force?: boolean },
  ): Promise<{ already: boolean; status: string; cancelled: string[] }>;
  rerun(executionId: string, override: JsonObject): Promise<Started>;
  /** Ends it at once, whatever runs. */
  finalize(executionId: string, end: { status: "COMPLETED" | "FAILED"; reason: string }): Promise<{ already: boolean }>;
  /** Cancels what is not over and older than this. */
  cleanup(olderThanMs: number, dryRun: boolean): Promise<string[]>;
}

const OPEN = ["PENDING", "RUNNING", "CANCELLING"] as const;
const PAGE = 500;

export function openExecutions({ store, runs, clock }: ExecutionsPorts): Executions {
  async function summary(executionId: string): Promise<ExecutionSummary> {
    const found = await store.executions.get(executionId);
    if (!found) throw new NoetlError("not_found", "EXECUTION_NOT_FOUND", `execution not found: ${executionId}`);
    return found;
  }

  async function descendants(executionId: string): Promise<string[]> {
    const found: string[] = [];
    const queue = [executionId];
    for (let parent = queue.shift(); parent !== undefined; parent = queue.shift()) {
      for await (const child of pages(store, { parent })) {
        found.push(child.execution_id);
        queue.push(child.execution_id);
      }
    }
    return found;
  }

  async function cancel(
    executionId: string,
    { reason, cascade, force = false }: { reason: string; cascade: boolean; force?: boolean },
  ) {
    await summary(executionId);
    const { already, status } = await runs.cancel(executionId, reason, force);
    const cancelled = already ? [] : [executionId];
    if (cascade) {
      for (const child of await descendants(executionId)) {
        if (!(await runs.cancel(child, reason, force)).already) cancelled.push(child);
      }
    }
    return { already, status, cancelled };
  }

  return {
    summary,
    cancel,
    async status(executionId) {
      const found = await summary(executionId);
      const known = runs.peek(executionId);
      if (isEnded(found.status) && known?.seq !== found.seq) {
        // Over and not in memory: the few events that tell of steps, not their results.
        const events = await store.log.load(executionId, { types: STATUS_EVENTS });
        return { summary: found, view: partialView(events, found) };
      }
      return runs.look(executionId, (live) => ({ summary: live.summary, view: live.run.view(), live }));
    },
    async rerun(executionId, override) {
      const source = await summary(executionId);
      if (source.catalog_id === null) {
        throw new NoetlError("validation", "E_RERUN", `execution ${executionId} was not started from the catalog`);
      }
      const [first] = await store.log.load(executionId, { types: ["playbook.initialized"], limit: 1 });
      const original = first?.type === "playbook.initialized" ? first.workload : {};
      return runs.start({
        catalog_id: source.catalog_id,
        payload: deepMerge(original, override),
        rerun_of: executionId,
      });
    },
    async finalize(executionId, { status, reason }) {
      await summary(executionId);
      const { accepted } = await runs.report(executionId, (live) => {
        const result = live.run.view().result ?? { data: null };
        if (status === "COMPLETED") return [{ type: "playbook.completed", result }];
        const error = { kind: "unknown" as const, retryable: false, message: reason, code: "FINALIZED" };
        return [{ type: "playbook.failed", error, failed_steps: live.run.view().failed_steps, result }];
      });
      return { already: accepted === 0 };
    },
    async cleanup(olderThanMs, dryRun) {
      const before = clock.now() - olderThanMs;
      const found: string[] = [];
      for await (const open of pages(store, { status: OPEN })) {
        if (open.started_at <= before) found.push(open.execution_id);
      }
      if (!dryRun) for (const each of found) await runs.cancel(each, "cleanup: it was open for too long", true);
      return found;
    },
  };
}

/** Every execution that matches, newest first; `behind`: only those older than this one. */
export async function* pages(
  store: Store,
  filter: { parent?: string; status?: readonly string[] },
  behind?: string,
): AsyncGenerator<ExecutionSummary, void> {
  let cursor = behind;
  for (;;) {
    const page = await store.executions.list({ ...filter, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    yield* page;
    cursor = page.at(-1)?.execution_id;
    if (page.length < PAGE || cursor === undefined) return;
  }
}

/** Objects are merged, everything else replaced (server-api §2.5). */
export function deepMerge(base: JsonObject, over: JsonObject): JsonObject {
  const merged: JsonObject = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isObject(below) && isObject(value) ? deepMerge(below as JsonObject, value as JsonObject) : value;
  }
  return merged;
}
