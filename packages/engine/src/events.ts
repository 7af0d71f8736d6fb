import type { ErrorInfo, Json, JsonObject } from "@noetl/core";
import type { Envelope } from "@noetl/scope";

/**
 * The event log: the only truth about a run. The engine makes events of the first group, hosts report those of the
 * second, both are folded. Delivery events (claimed, started, heartbeat) are for people; `fold` ignores them.
 */
export type EventBody =
  // — made by the engine
  | { type: "workflow.initialized"; first_step: string; limits?: RunLimits; error?: ErrorInfo }
  | StepEnter
  | { type: "step.skipped"; step: string; run: number; reason: "guard" | "not_admitted"; final?: true }
  | LoopStarted
  | CommandIssued
  | {
      type: "ctx.updated";
      step: string;
      run: number;
      source: "worker" | "step" | "vars" | "arc";
      arc?: number;
      entries: CtxEntry[];
      /** an assignment could not be rendered: those in `entries` are made, the step fails (DSL §8.9) */
      error?: ErrorInfo;
    }
  | { type: "loop.done"; step: string; run: number; stats: JsonObject }
  | { type: "step.exit"; step: string; run: number; status: "COMPLETED" | "FAILED" | "CANCELLED"; error?: ErrorInfo }
  | NextEvaluated
  | { type: "token.dropped"; target: string; from: string }
  | { type: "playbook.completed"; result: ResultValue }
  | { type: "playbook.failed"; error: ErrorInfo; failed_steps: string[]; result: ResultValue }
  | { type: "execution.cancelled"; reason: string }
  // — reported by hosts; `command.cancelled` also by the engine, for a call it gives up
  | PlaybookInitialized
  | CallDone
  | CallError
  | CallParked
  | {
      type: "command.completed" | "command.failed" | "command.cancelled";
      step: string;
      run: number;
      command_id: string;
      iteration?: number;
      pending_callback?: true;
    }
  | CommandLost
  | ChildStarted
  | ChildCompleted
  | { type: "timer.fired"; timer: string }
  | { type: "execution.cancel_requested"; reason: string }
  // — delivery: not folded
  | {
      type: "command.claimed" | "command.started" | "command.heartbeat";
      step: string;
      run: number;
      command_id: string;
      worker_id?: string;
      iteration?: number;
    };

export type EventType = EventBody["type"];

/** As stored: `seq` grows by one within an execution, `ts` is milliseconds since 1970. */
export type LogEvent = EventBody & { event_id: string; execution_id: string; seq: number; ts: number };

/** Inline, or where it is stored. */
export type ResultValue = { data: Json } | { ref: import("@noetl/scope").ResultRef };

export interface CtxEntry {
  path: string[];
  value: Json;
}

/** First event of a run. `workload` is rendered and frozen (DSL §6). */
export interface PlaybookInitialized {
  type: "playbook.initialized";
  path: string;
  name: string;
  version: string | null;
  catalog_id: string | null;
  workload: JsonObject;
  payload: JsonObject;
  /** environment names templates may see, captured once so that replay needs none */
  env: { [name: string]: string };
  /** overrides the entry step (`noetl run FILE TARGET`) */
  target?: string;
  /** `ctx` at the start: legacy root `vars`, or what a resumed run brings */
  ctx: JsonObject;
  parent?: { execution_id: string; command_id: string; step: string };
  root_execution_id: string;
  /** 0 for a run nobody called; more than 32 is refused (DSL §20) */
  depth: number;
  server_url?: string;
  /** which workers run it, for hosts that have several pools */
  pool?: string;
  /** W3C trace context of the request that started it */
  trace?: { [name: string]: string };
  resumed_from?: string;
  /** how it was resumed, so that a run that resumes this one knows what it would have taken over (decision 34) */
  resume?: { from?: string; keep_changed?: true };
  /** sha-256 of the playbook text the run was started with */
  definition: string;
  /** the run cannot start (its workload did not render, …): it ends FAILED with this and runs nothing */
  error?: ErrorInfo;
}

/** `executor.spec.policy.limits`, rendered (DSL §5, §22). */
export interface RunLimits {
  max_steps: number;
  /** iterations of one loop */
  max_iterations: number;
  /** upper bound of every loop's `max_in_flight` */
  max_in_flight?: number;
  timeout_ms?: number;
}

export interface StepEnter {
  type: "step.enter";
  step: string;
  run: number;
  /** steps whose tokens this run consumed, in arrival order; empty for the entry and the final step */
  from: string[];
  /** legacy arc payloads, merged in arrival order (DSL §18.4) */
  input?: JsonObject;
  final?: true;
  /** from here, queueing and all iterations included (DSL §22) */
  deadline_ms?: number;
  /** of one call, parked time included */
  timeout_ms?: number;
  /** admission, guard or limits failed: the step ends FAILED without a call */
  error?: ErrorInfo;
}

/**
 * The worker of a command is gone without an outcome (lease expired). The engine issues the command again with
 * `attempt + 1`, up to 3, then the call fails with kind `timeout` (DSL §18.7).
 */
export interface CommandLost {
  type: "command.lost";
  step: string;
  run: number;
  command_id: string;
  iteration?: number;
  worker_id?: string;
}

export interface LoopStarted {
  type: "loop.started";
  step: string;
  run: number;
  mode: "sequential" | "parallel" | "cursor";
  /** null for a cursor */
  total: number | null;
  /** absent for a cursor */
  items?: Json[];
  max_in_flight: number;
  /** the collection or a limit could not be had: the step ends FAILED without an iteration */
  error?: ErrorInfo;
}

/**
 * `command_id` is `<step>#<run>[.<index>][~<leg>]`, unique in the run, made by the engine. `index` is an iteration, or the lane and
 * frame of a cursor (`L0.3`); `leg` counts continuations after a park.
 */
export interface CommandIssued {
  type: "command.issued";
  step: string;
  run: number;
  command_id: string;
  iteration?: number;
  kind: string;
  /** delivery attempt, from 1; grows when a worker was lost */
  attempt: number;
  mode: "pipeline" | "batch" | "frame";
  lane?: number;
  frame?: number;
  leg?: number;
}

interface CallBase {
  step: string;
  run: number;
  command_id: string;
  iteration?: number;
  /** durable ctx writes of the pipeline, applied by one `ctx.updated` (DSL §15.4) */
  updates: CtxEntry[];
}

export interface CallDone extends CallBase {
  type: "call.done";
  envelope: Envelope;
  /** mode `batch`: one a iteration, null = not run */
  parts?: (Envelope | null)[];
  /** mode `frame` */
  frame?: { claimed: number; success: number; failed: number; results?: Json[] };
}

export interface CallError extends CallBase {
  type: "call.error";
  envelope: Envelope & { error: ErrorInfo };
  parts?: (Envelope | null)[];
  frame?: { claimed: number; success: number; failed: number };
}

/** The call waits for something and holds no worker. `state` lets `pipeline` go on from there. */
export interface CallParked extends CallBase {
  type: "call.parked";
  wait: Wait;
  state: Json;
}

export type Wait =
  | {
      kind: "child";
      /** exactly one of path, catalog_id */
      path?: string;
      catalog_id?: string;
      version?: string;
      payload: JsonObject;
      /** false: started and forgotten, the call goes on at once */
      wait: boolean;
      return_step?: string;
      result_step?: string;
      return_result: boolean;
      timeout_ms: number;
      cancel_on_timeout: boolean;
      pool?: string;
      /** parent's directory, to resolve a relative file path (DSL §23.3) */
      directory?: string;
      inherit_workload?: boolean;
    }
  | { kind: "timer"; delay_ms: number }
  | { kind: "callback"; token: string; timeout_ms: number; info: JsonObject };

export interface ChildStarted {
  type: "child.started";
  step: string;
  run: number;
  command_id: string;
  child_execution_id: string;
  path: string;
}

export interface ChildCompleted {
  type: "child.completed";
  step: string;
  run: number;
  command_id: string;
  /** null when the child could not be started: then `error` says why */
  child_execution_id: string | null;
  path: string;
  status: "COMPLETED" | "FAILED" | "CANCELLED";
  result: ResultValue;
  /** data of `return_step` / `result_step`; absent = the child has no such step or it did not run */
  step_result?: ResultValue;
  error?: ErrorInfo;
  failed_step?: string;
}

export interface NextEvaluated {
  type: "next.evaluated";
  step: string;
  run: number;
  /** `call.done`, `call.error`, `loop.done`, `step.skipped` */
  event: string;
  selected: { arc: number; targets: string[]; input?: JsonObject }[];
  rejected: { arc: number; reason: "false" | "not_reached" | "not_failure_arc" | "error"; message?: string }[];
  /** after a failure: some arc handled it */
  handled?: boolean;
  error?: ErrorInfo;
}
