import type { ErrorInfo } from "@noetl/core";

/**
 * The policy state machine of a pipeline (DSL §13.3). Pure: no I/O, clock or random; the state is plain JSON, so that a
 * parked call goes on anywhere.
 *
 *   running  entered by `start`, `skipped`, a finished task that leads on, or `slept`; left by `skipped` or `finished`
 *   sleeping entered by a `retry` with a delay; left by `slept`
 *   done     the last task was passed, or `break`
 *   failed   `fail`, an error no rule handled, attempts used up, a limit
 */
export interface MachineState {
  phase: "running" | "sleeping" | "done" | "failed";
  /** index of the task at work */
  at: number;
  /** executions so far of each task since it was last entered by a jump */
  attempts: number[];
  /** task executions so far, in all */
  runs: number;
  /** by task index: what the last jump from there looked like, and how often in a row it looked the same */
  jumps: { [task: string]: { print: string; same: number } };
}

/** What the machine must know of a pipeline. */
export interface Program {
  tasks: number;
  maxIterations: number;
}

/** What is known of a task that ran: the rule that matched, its numbers rendered. */
export interface Finished {
  type: "finished";
  ok: boolean;
  error?: ErrorInfo;
  action: Action;
  /** in [0, 1): used only where a rule asks for jitter */
  random: number;
  /** identifies task, input, outcome and variables at a jump: equal prints in a row are a livelock (decision 5) */
  print?: string;
  /** the task has no effect outside: the same input gives the same outcome for ever */
  pure?: boolean;
}

export type Action =
  | { do: "continue" }
  | { do: "break" }
  | { do: "fail"; message?: string }
  | { do: "jump"; to: number | "previous" }
  | Retry
  | { do: "unmatched"; policy: "continue" | "fail" | "default" };

/** Times in seconds. `delay` undefined = not given by the author. */
export interface Retry {
  do: "retry";
  attempts: number;
  delay?: number;
  backoff: "none" | "fixed" | "linear" | "exponential";
  maxDelay: number;
  jitter: boolean;
}

export type MachineEvent = { type: "start" } | { type: "skipped" } | { type: "slept" } | Finished;

export type Directive =
  | { do: "run"; task: number; attempt: number }
  | { do: "sleep"; task: number; attempt: number; ms: number }
  | { do: "done" }
  | { do: "failed"; task: number; error: ErrorInfo };

export function startState(program: Program): MachineState {
  return { phase: "running", at: 0, attempts: new Array<number>(program.tasks).fill(0), runs: 0, jumps: {} };
}
