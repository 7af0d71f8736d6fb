import type { ErrorInfo, Json, JsonObject } from "@noetl/core";
import type { PlannedStep } from "@noetl/playbook";
import type { LoopPart, StepRecord } from "@noetl/scope";
import type { CommandContext } from "../command.ts";

/**
 * One run of a step. *running* from `step.enter`; *finishing* when no call is left (`finish` says what comes next);
 * *ended* after `step.exit` (its router may still be evaluated), or from the start when it was skipped.
 */
export interface StepRun {
  readonly planned: PlannedStep;
  readonly step: string;
  readonly run: number;
  readonly from: readonly string[];
  readonly arcInput: JsonObject;
  readonly final: boolean;
  /** the final step of a run that is being cancelled: it may run all the same (DSL §19.4) */
  spared: boolean;
  readonly enteredAt: number;
  readonly deadline: number | undefined;
  readonly timeoutMs: number | undefined;
  status: "RUNNING" | "COMPLETED" | "FAILED" | "SKIPPED" | "CANCELLED";
  /** seq of `step.exit` or `step.skipped`; 0 while it runs (DSL §18.5) */
  endSeq: number;
  /** ids of calls in flight, parked ones included */
  readonly calls: Set<string>;
  /** why the step will end FAILED */
  failure: ErrorInfo | undefined;
  /** calls were given up because the run is stopping */
  cancelled: boolean;
  loop: LoopRun | undefined;
  /** what the run came to; becomes the step's record at `step.exit` */
  record: StepRecord | undefined;
  finish: FinishPhase | undefined;
  /** attempts of all its calls */
  attempts: number;
  /** stands in the dispatch queue */
  queued: boolean;
  /** context of the last command, shared by commands between which nothing changed */
  snapshot: { ctx: JsonObject; version: number; context: CommandContext } | undefined;
}

/** In this order; what a step does not have is passed over (DSL §11.4). */
export type FinishPhase =
  | { at: "loop.done" | "vars" | "set" | "exit" | "route" }
  /** selected arcs whose `set` is not applied yet */
  | { at: "arcs"; arcs: number[] };

export interface LoopRun {
  readonly mode: "sequential" | "parallel" | "cursor";
  readonly dispatch: "pipeline" | "batch" | "frame";
  readonly items: Json[];
  readonly total: number | null;
  readonly maxInFlight: number;
  readonly failFast: boolean;
  /** next iteration to issue; in batch mode 0 or `total` */
  next: number;
  parts: (LoopPart | null)[];
  errors: { index: number; error: ErrorInfo }[];
  success: number;
  failed: number;
  skipped: number;
  /** cursor: lanes that may claim, with the number of their next frame */
  lanes: { lane: number; frame: number }[];
  frames: number;
  rows: number;
}

/** May another command of this run be issued now? */
export function hasWork(run: StepRun): boolean {
  const { loop } = run;
  if (loop === undefined) return false;
  if (loop.dispatch === "frame") return loop.lanes.length > 0;
  return loop.next < loop.items.length;
}

export function hasCapacity(run: StepRun): boolean {
  const { loop } = run;
  if (loop === undefined || loop.dispatch === "batch") return run.calls.size === 0;
  return run.calls.size < loop.maxInFlight;
}
