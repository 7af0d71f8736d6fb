import type { ErrorInfo } from "@noetl/core";
import { retryDelay } from "./delay.ts";
import type { Directive, Finished, MachineEvent, MachineState, Program } from "./state.ts";

/** Equal jumps in a row that count as a livelock: a task without effects can never come to another end. */
const LIVELOCK_PURE = 100;
const LIVELOCK = 10_000;

type Step = [MachineState, Directive];

/** One transition: what to do after `event`. Never changes the given state. */
export function next(state: MachineState, program: Program, event: MachineEvent): Step {
  switch (event.type) {
    case "start":
    case "slept":
      return enter(state, program, state.at);
    case "skipped":
      return enter(state, program, state.at + 1);
    case "finished":
      return finished(state, program, event);
  }
}

function finished(state: MachineState, program: Program, event: Finished): Step {
  const action = event.action;
  switch (action.do) {
    case "continue":
      return enter(state, program, state.at + 1);
    case "break":
      return [{ ...state, phase: "done" }, { do: "done" }];
    case "fail":
      return failed(state, failure(event.error, action.message));
    case "unmatched":
      return unmatched(state, program, event, action.policy);
    case "jump":
      return jump(state, program, event, action.to);
    case "retry": {
      const attempt = state.attempts[state.at] ?? 1;
      if (attempt >= action.attempts) return failed(state, event.error ?? exhausted(attempt));
      const ms = retryDelay(action, attempt, event.random, event.error);
      if (ms <= 0) return enter(state, program, state.at);
      return [
        { ...state, phase: "sleeping" },
        { do: "sleep", task: state.at, attempt: attempt + 1, ms },
      ];
    }
  }
}

function unmatched(
  state: MachineState,
  program: Program,
  event: Finished,
  policy: "continue" | "fail" | "default",
): Step {
  if (event.ok ? policy !== "fail" : policy === "continue") return enter(state, program, state.at + 1);
  return failed(state, event.error ?? policyError("no policy rule matched the outcome"));
}

function jump(state: MachineState, program: Program, event: Finished, to: number | "previous"): Step {
  const target = to === "previous" ? state.at - 1 : to;
  if (target < 0) return failed(state, policyError("there is no task before this one to jump to"));
  const before = state.jumps[state.at];
  const print = event.print ?? "";
  const same = before !== undefined && print !== "" && before.print === print ? before.same + 1 : 1;
  const jumped = {
    ...state,
    jumps: { ...state.jumps, [state.at]: { print, same } },
    attempts: state.attempts.map((count, index) => (index >= target ? 0 : count)),
  };
  if (same >= (event.pure ? LIVELOCK_PURE : LIVELOCK)) {
    return failed(jumped, limitError("LIVELOCK", `the pipeline jumped ${same} times in a row without any change`));
  }
  return enter(jumped, program, target);
}

function enter(state: MachineState, program: Program, task: number): Step {
  if (task >= program.tasks) return [{ ...state, at: task, phase: "done" }, { do: "done" }];
  if (state.runs >= program.maxIterations) {
    return failed(
      { ...state, at: task },
      limitError("PIPELINE_LIMIT", `pipeline iteration limit of ${program.maxIterations} reached`),
    );
  }
  const attempt = (state.attempts[task] ?? 0) + 1;
  const attempts = state.attempts.slice();
  attempts[task] = attempt;
  return [
    { ...state, phase: "running", at: task, attempts, runs: state.runs + 1 },
    { do: "run", task, attempt },
  ];
}

function failed(state: MachineState, error: ErrorInfo): Step {
  return [
    { ...state, phase: "failed" },
    { do: "failed", task: state.at, error },
  ];
}

/** `fail`: the message of the rule, the facts of the error it looked at. */
function failure(error: ErrorInfo | undefined, message: string | undefined): ErrorInfo {
  if (!error) return policyError(message ?? "a policy rule failed the task");
  return message === undefined ? error : { ...error, message };
}

function policyError(message: string): ErrorInfo {
  return { kind: "policy", retryable: false, code: "POLICY_FAIL", message };
}

function exhausted(attempts: number): ErrorInfo {
  const message = `the condition to stop was not met after ${attempts} attempts`;
  return { kind: "retry_exhausted", retryable: false, code: "RETRY_EXHAUSTED", message };
}

function limitError(code: string, message: string): ErrorInfo {
  return { kind: "limit", retryable: false, code, message };
}
