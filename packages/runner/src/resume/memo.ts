import { isDeepStrictEqual } from "node:util";
import type { CallDone, CallError, LogEvent } from "@noetl/engine";
import type { Plan, Step } from "@noetl/playbook";
import type { ReuseReport } from "../options.ts";

type Reason = ReuseReport["again"][number]["reason"];

/** What an earlier run has done already. Asked each time a command is about to run. */
export interface Memo {
  readonly from: string;
  /** Would `recall` answer? Changes nothing. */
  has(step: string, commandId: string): boolean;
  /** The recorded outcome to report instead of running the command; `undefined` = run it. */
  recall(step: string, commandId: string): CallDone | CallError | undefined;
  /** Child that the earlier run had started for this command and that did not end well. */
  child(commandId: string): string | undefined;
  report(): ReuseReport;
}

/** `<step>#<run>[.<index>]` without the leg of a continuation: a call is one call however often it was parked. */
function callOf(commandId: string): string {
  return commandId.replace(/~\d+$/, "");
}

/** What makes a step another step: its work, not its description, assignments or routing, which are evaluated again anyway. */
function work(step: Step): unknown {
  const { desc: _desc, set: _set, next: _next, loc: _loc, tasks, ...rest } = step;
  return { ...rest, tasks: tasks.map(({ loc: _taskLoc, ...task }) => task) };
}

interface Recorded {
  calls: Map<string, CallDone | CallError>;
  children: Map<string, string>;
  failed: Set<string>;
  finished: Set<string>;
  seen: Set<string>;
}

function readLog(events: readonly LogEvent[]): Recorded {
  const recorded: Recorded = {
    calls: new Map(),
    children: new Map(),
    failed: new Set(),
    finished: new Set(),
    seen: new Set(),
  };
  const errors = new Map<string, { call: string; event: CallError }[]>();
  const keep = (run: string) => {
    for (const { call, event } of errors.get(run) ?? []) recorded.calls.set(call, event);
  };
  for (const event of events) {
    if (event.type === "step.enter") {
      recorded.seen.add(event.step);
      recorded.finished.delete(event.step);
    } else if (event.type === "call.done") {
      recorded.calls.set(callOf(event.command_id), event);
    } else if (event.type === "call.error") {
      const run = `${event.step}#${event.run}`;
      const list = errors.get(run) ?? [];
      list.push({ call: callOf(event.command_id), event });
      errors.set(run, list);
    } else if (event.type === "child.started") {
      recorded.children.set(callOf(event.command_id), event.child_execution_id);
    } else if (event.type === "step.exit") {
      // A failure inside a finished step (best effort) is part of its result; so is one that an arc handled.
      if (event.status === "COMPLETED") {
        recorded.finished.add(event.step);
        keep(`${event.step}#${event.run}`);
      } else {
        recorded.failed.add(event.step);
      }
    } else if (event.type === "next.evaluated" && event.handled) {
      recorded.failed.delete(event.step);
      recorded.finished.add(event.step);
      keep(`${event.step}#${event.run}`);
    }
  }
  return recorded;
}

/**
 * Resume by memory (decisions 34, 49): the new run goes through the same engine with the edited graph; a call that the
 * earlier run finished is answered from its log. A step that is really run makes everything downstream of it run too.
 */
export function memoOf(input: {
  from: string;
  events: readonly LogEvent[];
  before: Plan;
  now: Plan;
  rerun?: string;
  keepChanged?: boolean;
}): Memo {
  const { before, now } = input;
  const recorded = readLog(input.events);
  const again = new Map<string, Reason>();
  const reused = new Map<string, number>();
  for (const [name, planned] of now.steps) {
    const old = before.steps.get(name);
    if (!recorded.seen.has(name)) again.set(name, "not_run");
    else if (recorded.failed.has(name)) again.set(name, "failed");
    else if (!recorded.finished.has(name)) again.set(name, "unfinished");
    if (old && recorded.seen.has(name) && !input.keepChanged && !isDeepStrictEqual(work(old.step), work(planned.step)))
      again.set(name, "changed");
  }
  const fresh = new Set<string>();
  const runAfresh = (name: string, reason: Reason) => {
    fresh.add(name);
    if (recorded.seen.has(name)) again.set(name, reason);
  };
  const downstream = (name: string) => {
    for (const target of now.steps.get(name)?.reach ?? []) runAfresh(target, "downstream");
  };
  if (input.rerun !== undefined) {
    runAfresh(input.rerun, "requested");
    downstream(input.rerun);
  }
  for (const [name, reason] of again) {
    if (reason !== "changed") continue;
    fresh.add(name);
    downstream(name);
  }
  return {
    from: input.from,
    has: (step, commandId) => !fresh.has(step) && recorded.calls.has(callOf(commandId)),
    recall(step, commandId) {
      const call = fresh.has(step) ? undefined : recorded.calls.get(callOf(commandId));
      if (!call) {
        for (const target of now.steps.get(step)?.reach ?? []) fresh.add(target);
        return undefined;
      }
      reused.set(step, (reused.get(step) ?? 0) + 1);
      return { ...call, command_id: commandId };
    },
    child: (commandId) => recorded.children.get(callOf(commandId)),
    report: () => ({
      from: input.from,
      reused: [...reused].map(([step, calls]) => ({ step, calls })),
      again: [...again].map(([step, reason]) => ({ step, reason })),
    }),
  };
}
