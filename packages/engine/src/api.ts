import type { Json } from "@noetl/core";
import type { Plan } from "@noetl/playbook";
import type { Command } from "./command.ts";
import type { EventBody, LogEvent, Wait } from "./events.ts";

/**
 * A run as its host sees it. The state inside is owned by this object and changed in place; it depends on the folded
 * log alone, so folding the same log anywhere gives the same run.
 *
 *   const run = openRun(plan);
 *   run.fold(initialized);                     // or every event of a stored log
 *   const { events, need } = run.advance(stamp) // decides, folds what it decided, returns it to be appended
 *
 * The host appends `events` in one transaction, dispatches `commands()` it has not dispatched yet, appends what
 * workers report, folds that, and advances again. When `need` is not empty it fetches those bodies, gives them with
 * `provide`, and advances again: nothing was changed by the attempt.
 */
export interface Run {
  readonly plan: Plan;
  readonly status: "PENDING" | "RUNNING" | "CANCELLING" | "COMPLETED" | "FAILED" | "CANCELLED";
  /** last folded seq */
  readonly seq: number;
  fold(event: LogEvent): void;
  advance(stamp: (body: EventBody) => LogEvent): Advance;
  provide(ref: string, body: Json): void;
  /** The body of `ref` cannot be had: what reads it fails with kind `missing_reference` (DSL §21.3). */
  missing(ref: string, message: string): void;
  /** Issued and not finished, oldest first. */
  pending(): IteratorObject<PendingCommand>;
  command(commandId: string): Command | undefined;
  /** Parked calls and what each waits for; a host makes sure children are started and timers are set. */
  waiting(): IteratorObject<WaitingCall>;
  /** Execution ids of children whose caller has given up waiting (time-out): a host cancels them (DSL §22). */
  readonly forsaken: ReadonlySet<string>;
  /** Earliest timer (execution timeout, step deadline, parked timer, cancel grace), ms since 1970. */
  nextTimer(): { timer: string; at: number } | undefined;
  /** For status, `--json`, `why`, resume: see `view.ts`. */
  view(): RunView;
}

export interface Advance {
  events: LogEvent[];
  need: string[];
}

export interface PendingCommand {
  command_id: string;
  step: string;
  run: number;
  iteration?: number;
  kind: string;
  attempt: number;
  /** its `call.done` or `call.error` is in the log: report the terminal `command.*` only, do not run it again */
  reported?: "done" | "error";
  /** the run is being cancelled: abort it and report `command.cancelled`, or what it came to */
  stop?: true;
}

export interface WaitingCall {
  command_id: string;
  step: string;
  run: number;
  iteration?: number;
  wait: Wait;
  /** once `child.started` was folded */
  child?: string;
  /** when it was parked, ms since 1970 */
  since: number;
  /** the timer that ends the wait, see `nextTimer` */
  timer?: string;
  /** the run is being cancelled: cancel the child and report `child.completed` */
  stop?: true;
}

export interface RunView {
  status: Run["status"];
  started_at: number | null;
  ended_at: number | null;
  steps: {
    step: string;
    status: "PENDING" | "RUNNING" | "COMPLETED" | "FAILED" | "SKIPPED" | "CANCELLED";
    runs: number;
    attempts: number;
    loop?: { total: number | null; done: number; failed: number; running: number };
    record?: import("@noetl/scope").StepRecord;
  }[];
  ctx: { [key: string]: Json };
  result?: import("./events.ts").ResultValue;
  error?: import("@noetl/core").ErrorInfo;
  failed_steps: string[];
}
