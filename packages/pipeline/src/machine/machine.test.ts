import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ErrorInfo } from "@noetl/core";
import fc from "fast-check";
import { next } from "./next.ts";
import type { Action, Directive, Finished, MachineEvent, MachineState, Program, Retry } from "./state.ts";
import { startState } from "./state.ts";

const error: ErrorInfo = { kind: "server_error", retryable: true, message: "down", code: "HTTP_503" };
const retry = (more: Partial<Retry> = {}): Retry => ({
  do: "retry",
  attempts: 3,
  backoff: "none",
  maxDelay: 60,
  jitter: false,
  ...more,
});
const finished = (action: Action, more: Partial<Finished> = {}): Finished => ({
  type: "finished",
  ok: true,
  action,
  random: 0,
  ...more,
});
const failing = (action: Action, more: Partial<Finished> = {}) => finished(action, { ok: false, error, ...more });

/** Runs a pipeline whose k-th task execution ends as `script(k, task, attempt)` says; sleeps pass at once. */
function drive(program: Program, script: (k: number, task: number, attempt: number) => Finished) {
  let [state, directive] = next(startState(program), program, { type: "start" });
  const ran: string[] = [];
  const slept: number[] = [];
  while (directive.do === "run" || directive.do === "sleep") {
    if (directive.do === "sleep") {
      slept.push(directive.ms);
      [state, directive] = next(state, program, { type: "slept" });
    } else {
      ran.push(`${directive.task}/${directive.attempt}`);
      [state, directive] = next(state, program, script(ran.length, directive.task, directive.attempt));
    }
  }
  return { ran, slept, end: directive, state };
}
const unmatched: Action = { do: "unmatched", policy: "default" };

describe("policy machine", () => {
  it("runs tasks in order and ends", () => {
    const { ran, end } = drive({ tasks: 3, maxIterations: 99 }, () => finished(unmatched));
    assert.deepEqual(ran, ["0/1", "1/1", "2/1"]);
    assert.deepEqual(end, { do: "done" });
  });

  it("fails on an error no rule handled, and swallows it only when told", () => {
    const one = { tasks: 1, maxIterations: 99 };
    assert.deepEqual(drive(one, () => failing(unmatched)).end, { do: "failed", task: 0, error });
    assert.equal(drive(one, () => failing({ do: "unmatched", policy: "continue" })).end.do, "done");
    assert.equal(drive(one, () => finished({ do: "unmatched", policy: "fail" })).end.do, "failed");
    assert.equal(drive(one, () => failing({ do: "continue" })).end.do, "done");
  });

  it("counts attempts in total and fails with the last error", () => {
    const { ran, end } = drive({ tasks: 1, maxIterations: 99 }, (k) =>
      failing(retry(), { error: { ...error, message: `no ${k}` } }),
    );
    assert.equal(ran.length, 3);
    assert.deepEqual(end, { do: "failed", task: 0, error: { ...error, message: "no 3" } });
  });

  it("ends polling of successes with retry_exhausted", () => {
    const { end } = drive({ tasks: 1, maxIterations: 99 }, () => finished(retry({ attempts: 2 })));
    assert.equal(end.do === "failed" && end.error.kind, "retry_exhausted");
  });

  it("waits as the back-off says", () => {
    const waits = (more: Partial<Retry>, on: Partial<Finished> = {}) =>
      drive({ tasks: 1, maxIterations: 99 }, () => failing(retry({ attempts: 4, ...more }), on)).slept;
    assert.deepEqual(waits({ backoff: "linear", delay: 1, attempts: 3 }), [1_000, 2_000]);
    assert.deepEqual(waits({ backoff: "exponential", delay: 0.5 }), [500, 1_000, 2_000]);
    assert.deepEqual(waits({ backoff: "fixed" }), [1_000, 1_000, 1_000]);
    assert.deepEqual(waits({ backoff: "none" }), []);
    assert.deepEqual(waits({ backoff: "none", delay: 2 }), [2_000, 2_000, 2_000]);
    assert.deepEqual(waits({ backoff: "exponential", delay: 40, maxDelay: 50 }), [40_000, 50_000, 50_000]);
    assert.deepEqual(waits({ backoff: "fixed", delay: 1, jitter: true, attempts: 2 }, { random: 0.5 }), [1_125]);
    const after = { ...error, retry_after: 7 };
    assert.deepEqual(waits({ backoff: "fixed", delay: 1, attempts: 2 }, { error: after }), [7_000]);
    assert.deepEqual(waits({ backoff: "fixed", delay: 9, attempts: 2 }, { error: after }), [9_000]);
  });

  it("resets attempts of the target and what follows on a jump", () => {
    const { ran } = drive({ tasks: 3, maxIterations: 99 }, (k, task) => {
      if (k === 1) return failing(retry());
      if (task === 2 && k < 6) return finished({ do: "jump", to: 1 });
      return finished(unmatched);
    });
    assert.deepEqual(ran, ["0/1", "0/2", "1/1", "2/1", "1/1", "2/1"]);
  });

  it("jumps to the previous task, and fails where there is none", () => {
    const back = drive({ tasks: 2, maxIterations: 99 }, (k, task) =>
      task === 1 && k < 4 ? finished({ do: "jump", to: "previous" }) : finished(unmatched),
    );
    assert.deepEqual(back.ran, ["0/1", "1/1", "0/1", "1/1"]);
    assert.equal(
      drive({ tasks: 1, maxIterations: 9 }, () => finished({ do: "jump", to: "previous" })).end.do,
      "failed",
    );
  });

  it("breaks with success, leaving the rest", () => {
    const { ran, end } = drive({ tasks: 3, maxIterations: 99 }, () => failing({ do: "break" }));
    assert.deepEqual([ran, end], [["0/1"], { do: "done" }]);
  });

  it("fails with the message of the rule and the facts of the error", () => {
    const { end } = drive({ tasks: 1, maxIterations: 9 }, () => failing({ do: "fail", message: "API unavailable" }));
    assert.deepEqual(end, { do: "failed", task: 0, error: { ...error, message: "API unavailable" } });
    const none = drive({ tasks: 1, maxIterations: 9 }, () => finished({ do: "fail" })).end;
    assert.equal(none.do === "failed" && none.error.kind, "policy");
  });

  it("stops at the iteration limit and at a livelock", () => {
    const endless = (print: (k: number) => string, pure: boolean) =>
      drive({ tasks: 1, maxIterations: 5_000 }, (k) => finished({ do: "jump", to: 0 }, { print: print(k), pure }));
    const code = (end: Directive) => (end.do === "failed" ? end.error.code : end.do);
    assert.equal(code(endless((k) => String(k), true).end), "PIPELINE_LIMIT");
    assert.equal(endless((k) => String(k), true).ran.length, 5_000);
    assert.equal(code(endless(() => "same", true).end), "LIVELOCK");
    assert.equal(code(endless(() => "same", false).end), "PIPELINE_LIMIT");
  });

  const anyAction = fc.oneof(
    fc.constant<Action>({ do: "continue" }),
    fc.constant<Action>({ do: "break" }),
    fc.constant<Action>({ do: "fail" }),
    fc.constant<Action>(unmatched),
    fc.nat(3).map((to): Action => ({ do: "jump", to })),
    fc.constant<Action>({ do: "jump", to: "previous" }),
    fc.record({ attempts: fc.integer({ min: 1, max: 4 }), delay: fc.nat(40) }).map((r): Action => retry(r)),
  );

  it("always ends, runs at most the limit, and never changes the state it was given", () => {
    const scripts = fc.array(fc.tuple(anyAction, fc.boolean()), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(scripts, fc.integer({ min: 1, max: 60 }), (script, maxIterations) => {
        const program = { tasks: 4, maxIterations };
        let state: MachineState = startState(program);
        let directive: Directive;
        [state, directive] = next(state, program, { type: "start" });
        for (let k = 0; directive.do === "run" || directive.do === "sleep"; k++) {
          const pair: [Action, boolean] | undefined = script[k % script.length];
          const action: Action = pair?.[0] ?? unmatched;
          const ok: boolean = pair?.[1] ?? true;
          const outcome: Finished = ok ? finished(action) : failing(action);
          const event: MachineEvent = directive.do === "sleep" ? { type: "slept" } : outcome;
          const before = JSON.stringify(state);
          const stored = JSON.parse(before);
          const [after, then] = next(state, program, event);
          assert.equal(JSON.stringify(state), before);
          assert.deepEqual(next(stored, program, event), [after, then], "a stored state goes on alike");
          [state, directive] = [after, then];
        }
        assert.ok(state.runs <= maxIterations);
        assert.equal(state.phase, directive.do);
      }),
    );
  });
});
