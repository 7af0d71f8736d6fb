import type { JsonObject } from "@noetl/core";
import type { StepRecord } from "@noetl/scope";
import type { CommandContext } from "../command.ts";
import { exhausted, type RunState } from "./state.ts";
import type { StepRun } from "./step-run.ts";

/** Engine names that are small and always shipped; the others only to steps that read them. */
const ALWAYS = "execution_id catalog_id path version job parent_execution_id root_execution_id server_url event".split(
  " ",
);

/**
 * What a command may read, taken when it is issued (DSL §18.7). `ctx` and records are never changed in place, so a
 * reference is a snapshot; commands of one run between which nothing changed share it.
 */
export function contextOf(state: RunState, run: StepRun): CommandContext {
  const { snapshot } = run;
  if (snapshot && snapshot.ctx === state.ctx && snapshot.version === state.recordsVersion) return snapshot.context;
  const context = narrowed(state, run);
  run.snapshot = { ctx: state.ctx, version: state.recordsVersion, context };
  return context;
}

function narrowed(state: RunState, run: StepRun): CommandContext {
  const { roots } = run.planned;
  const { sharedRoots } = state;
  const everything = roots.has("*") || sharedRoots.has("*");
  const reads = (name: string) => everything || roots.has(name) || sharedRoots.has(name);
  const workload = state.start?.workload ?? {};
  const previous = run.from.at(-1);
  const records = everything ? [...state.records] : recordsOf(state, [...roots, ...sharedRoots]);
  if (previous !== undefined && (reads("result") || reads("prev"))) records.push(...recordsOf(state, [previous]));
  const engine = {
    ...state.engine,
    ...(run.final ? { event: finishingEvent(state) } : {}),
    ...(reads("result") || reads("prev")
      ? ledBy(previous === undefined ? undefined : state.records.get(previous))
      : {}),
  };
  return {
    workload: reads("workload") ? workload : pick(workload, reads),
    ctx: everything ? state.ctx : pick(state.ctx, reads),
    steps: Object.fromEntries(records),
    engine: everything ? engine : pick(engine, (name) => ALWAYS.includes(name) || reads(name)),
    ...(previous === undefined ? {} : { previous }),
  };
}

function pick(from: JsonObject, wanted: (name: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(from).filter(([name]) => wanted(name)));
}

function recordsOf(state: RunState, names: readonly string[]): [string, StepRecord][] {
  return names.flatMap((name): [string, StepRecord][] => {
    const record = state.records.get(name);
    return record ? [[name, record]] : [];
  });
}

/** Decision 27, when the data is at hand; `previous` names the record otherwise. */
function ledBy(record: StepRecord | undefined): JsonObject {
  if (record === undefined || record.ref || record.status === "skipped") return {};
  const { parts, stats, data } = record;
  if (parts?.some((part) => part?.ref)) return {};
  const value = parts ? { results: parts.map((part) => part?.data ?? null), stats: { ...stats } } : data;
  return value === undefined ? {} : { prev: value, result: value };
}

/** `event` of the final step (DSL §19.4). */
export function finishingEvent(state: RunState): JsonObject {
  const error = state.startError ?? state.failures[0]?.error;
  return {
    name: "execution.finishing",
    status: outcomeOf(state),
    ...(error === undefined ? {} : { error: { ...error } }),
  };
}

/** How the run would end if it ended now. */
export function outcomeOf(state: RunState): "COMPLETED" | "FAILED" | "CANCELLED" {
  if (state.stopping?.kind === "cancel") return "CANCELLED";
  const failed = state.stopping !== undefined || state.failures.length > 0 || state.startError !== undefined;
  return failed || exhausted(state) ? "FAILED" : "COMPLETED";
}
