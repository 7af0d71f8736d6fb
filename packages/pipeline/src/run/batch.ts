import type { ErrorInfo, Json, JsonObject } from "@noetl/core";
import type { CallDone, CallError, CallParked, CtxEntry } from "@noetl/engine";
import type { Envelope } from "@noetl/scope";
import type { Call } from "./call.ts";
import { failure } from "./failure.ts";
import { runMany } from "./many.ts";
import { type PipelineEnd, runPipeline } from "./pipeline.ts";
import { done, endedOf, parked, sealed } from "./report.ts";
import { loadState, type Parked, replay, shelve, storeState, unshelve } from "./state.ts";

/** A batch that waits: everything before `index` has ended. */
interface BatchState {
  started_at: number;
  index: number;
  parts: (Envelope | null)[];
  updates: CtxEntry[];
  failed?: { index: number; error: ErrorInfo };
  pipeline: Parked;
}

/**
 * All iterations of a loop inside one command (`exec: local`, DSL §16.4), with the same concurrency as elsewhere. Reports
 * one envelope an iteration; null = not run.
 */
export async function runBatch(call: Call): Promise<CallDone | CallError | CallParked> {
  const { command } = call;
  const items = command.items ?? [];
  const { loop, spec } = command.step;
  if (!loop) throw failure("unknown", "BUG", `step '${command.step.step}' has no loop`);
  const bestEffort = (loop.failure ?? spec.failure) === "best_effort";
  const started = call.host.clock.now();
  const state = await loadState<BatchState>(call, command);
  const parts: (Envelope | null)[] = state?.parts ?? new Array<Envelope | null>(items.length).fill(null);
  const updates: CtxEntry[] = state?.updates ?? [];
  const first = state?.index ?? 0;
  let failed = state?.failed;
  // An iteration sees what had ended when it started, as if it had been dispatched then (DSL §16.3).
  let ctx: JsonObject = replay(command.context.ctx, updates);
  const width = loop.mode === "sequential" || mayPark(call) ? 1 : Math.max(1, command.max_in_flight ?? 10);
  let waiting: { index: number; end: Extract<PipelineEnd, { status: "parked" }> } | undefined;

  const one = async (offset: number): Promise<"go on" | "stop"> => {
    const index = first + offset;
    const resume =
      state && offset === 0 && command.resume
        ? { resume: { ...unshelve(state.pipeline, ctx), outcome: command.resume.outcome } }
        : {};
    const item = { iterator: loop.iterator, item: items[index] ?? null, index, total: items.length };
    const end = await runPipeline(call, { item, ctx, parks: false, ...resume });
    if (end.status === "parked" && width === 1) {
      waiting = { index, end };
      return "stop";
    }
    parts[index] = await sealed(call, endedOf(end));
    updates.push(...end.memory.updates);
    ctx = replay(ctx, end.memory.updates);
    const wrong = parts[index]?.error;
    if (!wrong) return "go on";
    if (!failed || index < failed.index) failed = { index, error: wrong };
    return bestEffort && !call.stopped() ? "go on" : "stop";
  };
  await runMany(items.length - first, width, () => call.stopped() === undefined, one);

  if (waiting) {
    const { index, end } = waiting;
    const shelved: BatchState = {
      started_at: state?.started_at ?? started,
      index,
      parts,
      updates,
      ...(failed && { failed }),
      pipeline: shelve(call, end.memory, end.held),
    };
    return parked(call, end.wait, await storeState(call, shelved, shelved.started_at));
  }
  const error = call.stopped() ?? (bestEffort || !failed ? undefined : atIndex(failed));
  return done(call, summary(call, state?.started_at ?? started, null, error), updates, { parts });
}

/** The envelope of a call whose results are elsewhere (`parts`, `frame`). */
export function summary(call: Call, started: number, data: Json, error: ErrorInfo | undefined): Envelope {
  return {
    status: error ? (error.kind === "timeout" ? "timeout" : "error") : "ok",
    data,
    ...(error && { error }),
    meta: {
      attempt: 1,
      tool: call.command.issued.kind,
      duration_ms: Math.max(0, call.host.clock.now() - started),
      started_at: new Date(started).toISOString(),
      ...(call.host.environment.worker === undefined ? {} : { worker: call.host.environment.worker }),
    },
  };
}

/** The first failure of a loop says which iteration it was (DSL §16.7). */
export function atIndex({ index, error }: { index: number; error: ErrorInfo }): ErrorInfo {
  const known = error.details;
  const details = typeof known === "object" && known !== null && !Array.isArray(known) ? known : {};
  return { ...error, details: { ...details, index } };
}

/** Calls that wait outside hold one place at a time: only one pipeline of a command can be parked. */
export function mayPark(call: Call): boolean {
  return call.plan.tasks.some(({ task }) => task.kind === "playbook" || task.kind === "container");
}
