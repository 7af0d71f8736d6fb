import type { ErrorInfo, Json, JsonObject } from "@noetl/core";
import type { KeychainEntry, Step } from "@noetl/playbook";
import type { StepRecord } from "@noetl/scope";
import type { ChildCompleted, CommandIssued } from "./events.ts";

/**
 * What one worker does at one time: the tasks of a step, once (or for one iteration, one batch of iterations, one
 * cursor frame). Plain JSON: it crosses processes. Templates in `step` are not rendered.
 */
export interface Command {
  execution_id: string;
  command_id: string;
  issued: CommandIssued;
  step: Step;
  keychain: KeychainEntry[];
  /** taken when the command was issued; only the roots the step reads, see `PlannedStep.roots` */
  context: CommandContext;
  /** legacy arc payload, lowest precedence of the input (DSL §7.6) */
  arc_input: JsonObject;
  /** mode `pipeline` inside a loop */
  iteration?: { index: number; total: number | null; item: Json };
  /** mode `batch`: the iterations to run here */
  items?: Json[];
  max_in_flight?: number;
  /** going on after a park: what `call.parked.state` held, and what was waited for */
  resume?: { state: Json; outcome: ResumeOutcome };
  /** the step's wall clock: deadline in ms since 1970, from `step.enter` (DSL §22) */
  deadline?: number;
  /** executor.spec.policy.defaults / results of the playbook */
  defaults: JsonObject;
  results: JsonObject;
  /** `executor.profile: local`: comparisons with text (decision 51) and lenient single http (DSL §12.4) */
  local_profile: boolean;
}

export type ResumeOutcome =
  | { kind: "child"; event: ChildCompleted | { type: "child.started"; child_execution_id: string; path: string } }
  | { kind: "timer" }
  | { kind: "callback"; result: Json; error?: ErrorInfo }
  /** `child`: the run that was waited for and goes unanswered */
  | { kind: "timeout"; child?: string };

export interface CommandContext {
  workload: JsonObject;
  ctx: JsonObject;
  steps: { [name: string]: StepRecord };
  /** execution_id, catalog_id, path, version, job, payload, env, parent_execution_id, server_url, spec (DSL §7.1) */
  engine: JsonObject;
  /** step whose arc led here; its record is in `steps` when the step reads a bare `result` or `prev` (decision 27) */
  previous?: string;
}
