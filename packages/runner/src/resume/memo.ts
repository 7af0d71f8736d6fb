import type { CallDone, CallError } from "@noetl/engine";
import type { Plan } from "@noetl/playbook";
import type { ReuseReport } from "../options.ts";
import { sameWork } from "./changed.ts";
import { callOf, type Issued, type Recorded } from "./record.ts";

type Reason = ReuseReport["again"][number]["reason"];

/** What an earlier run has done already. Asked each time a command is about to run. */
export interface Memo {
  readonly from: string;
  /** Would `recall` answer? Changes nothing. */
  has(step: string, commandId: string): boolean;
  /** The recorded outcome to report instead of running the command; `undefined` = run it. */
  recall(step: string, commandId: string): CallDone | CallError | undefined;
  /** Child that the earlier run had started for this command and that did not end well. */
  child(step: string, commandId: string): string | undefined;
  /** What a run that used this memo and issued these commands would still have taken over: it was stopped before it came so far. */
  remaining(issued: readonly Issued[]): Recorded;
  report(): ReuseReport;
}

/**
 * Resume by memory (decisions 34, 49): the new run goes through the same engine with the edited graph; a call that the
 * earlier run finished is answered from its log. A step that is really run makes everything downstream of it run too.
 */
export function memoOf(input: {
  from: string;
  recorded: Recorded;
  before: Plan;
  now: Plan;
  rerun?: string;
  keepChanged?: boolean;
}): Memo {
  const { before, now, recorded } = input;
  const again = new Map<string, Reason>();
  const reused = new Map<string, number>();
  for (const [name, planned] of now.steps) {
    const old = before.steps.get(name);
    if (!recorded.seen.has(name)) again.set(name, "not_run");
    else if (recorded.failed.has(name)) again.set(name, "failed");
    else if (!recorded.finished.has(name)) again.set(name, "unfinished");
    if (old && recorded.seen.has(name) && !input.keepChanged && !sameWork(old.step, planned.step))
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
  const recall: Memo["recall"] = (step, commandId) => {
    const call = fresh.has(step) ? undefined : recorded.calls.get(callOf(commandId));
    if (!call) {
      for (const target of now.steps.get(step)?.reach ?? []) fresh.add(target);
      return undefined;
    }
    reused.set(step, (reused.get(step) ?? 0) + 1);
    return { ...call, command_id: commandId };
  };
  const kept = (step: string) => now.steps.has(step) && !fresh.has(step);
  return {
    from: input.from,
    has: (step, commandId) => !fresh.has(step) && recorded.calls.has(callOf(commandId)),
    recall,
    child: (step, commandId) => (fresh.has(step) ? undefined : recorded.children.get(callOf(commandId))?.execution_id),
    remaining(issued) {
      for (const { step, command_id } of issued) recall(step, command_id);
      return {
        calls: new Map([...recorded.calls].filter(([, call]) => kept(call.step))),
        children: new Map([...recorded.children].filter(([, child]) => kept(child.step))),
        failed: new Set([...recorded.failed].filter(kept)),
        finished: new Set([...recorded.finished].filter(kept)),
        seen: new Set([...recorded.seen].filter(kept)),
      };
    },
    report: () => ({
      from: input.from,
      reused: [...reused].map(([step, calls]) => ({ step, calls })),
      again: [...again].map(([step, reason]) => ({ step, reason })),
    }),
  };
}
