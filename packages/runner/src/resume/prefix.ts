import { type EventBody, type EventType, type LogEvent, openRun, type PlaybookInitialized } from "@noetl/engine";
import type { Plan } from "@noetl/playbook";
import { changedSteps } from "./changed.ts";
import type { Memo } from "./memo.ts";

/**
 * `kept`: follows from the playbook and from what calls returned, so the new run would write it again. `first`: the new run has
 * one of its own. `end`: it belongs to the run that wrote it (what it waited for, how it ended), and what comes after may follow from it.
 */
const PART: { readonly [type in EventType]: "kept" | "first" | "end" | "delivery" } = {
  "playbook.initialized": "first",
  "workflow.initialized": "kept",
  "step.enter": "kept",
  "step.skipped": "kept",
  "loop.started": "kept",
  "loop.done": "kept",
  "ctx.updated": "kept",
  "command.issued": "kept",
  "call.done": "kept",
  "call.error": "kept",
  "command.completed": "kept",
  "command.failed": "kept",
  "step.exit": "kept",
  "next.evaluated": "kept",
  "token.dropped": "kept",
  "playbook.completed": "end",
  "playbook.failed": "end",
  "execution.cancelled": "end",
  "execution.cancel_requested": "end",
  "command.cancelled": "end",
  "command.lost": "end",
  "call.parked": "end",
  "child.started": "end",
  "child.completed": "end",
  "timer.fired": "end",
  "command.claimed": "delivery",
  "command.started": "delivery",
  "command.heartbeat": "delivery",
};
/** All that makes a run what it is. */
export const FOLDED = Object.keys(PART).filter((type) => PART[type as EventType] !== "delivery") as EventType[];

/** The run that another goes on from. */
export interface Resumed {
  first: PlaybookInitialized;
  plan: Plan;
  /** absent: too many to be held */
  events?: readonly LogEvent[];
  /** what it and the runs it went on from itself have done */
  memo: Memo;
}

/**
 * What a resumed run need not decide anew: the events of the earlier run after its first, up to the first that is not to be kept. They
 * are in their order, without ids. Empty when input or graph are others. What an unfinished call would lead to is not written
 * yet, so all of it holds for the new run, too. `memo` is asked for each call, as the run itself would.
 */
export function* prefixOf(earlier: Resumed, plan: Plan, initialized: PlaybookInitialized): Generator<EventBody, void> {
  const changed = lasting(earlier.first) === lasting(initialized) ? changedSteps(earlier.plan, plan) : undefined;
  if (!changed) return;
  for (const event of earlier.events ?? []) {
    if (("step" in event && changed.has(event.step)) || !kept(event, earlier.memo)) return;
    if (event.type === "workflow.initialized" && !opensAlike(event, plan, initialized)) return;
    if (PART[event.type] === "kept") yield event;
  }
}

function kept(event: LogEvent, memo: Memo): boolean {
  if (PART[event.type] === "end") return false;
  if (event.type === "call.done" || event.type === "call.error")
    return memo.recall(event.step, event.command_id) !== undefined;
  if (event.type === "step.exit") return event.status === "COMPLETED";
  return !("error" in event);
}

/** Limits may come from the command line, which is not in the playbook. */
function opensAlike(event: LogEvent, plan: Plan, initialized: PlaybookInitialized): boolean {
  const run = openRun(plan);
  const stamp = (body: EventBody): LogEvent => ({ ...body, event_id: "", execution_id: "", seq: run.seq + 1, ts: 0 });
  run.fold(stamp(initialized));
  const [opened] = run.advance(stamp).events;
  return opened !== undefined && lasting(event) === lasting(opened);
}

/** What an event says, without what differs between any two runs. */
function lasting(event: EventBody): string {
  const stamp = { event_id: undefined, execution_id: undefined, seq: undefined, ts: undefined };
  const run = { root_execution_id: undefined, resumed_from: undefined, resume: undefined, parent: undefined };
  return JSON.stringify({ ...event, ...stamp, ...run, definition: undefined });
}
