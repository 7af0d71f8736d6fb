import type { CallDone, CallError, LogEvent, PlaybookInitialized } from "@noetl/engine";

/** What a log says was done: the outcome of each call, the children it started, how its steps stand. */
export interface Recorded {
  calls: Map<string, CallDone | CallError>;
  children: Map<string, { step: string; execution_id: string }>;
  failed: Set<string>;
  finished: Set<string>;
  seen: Set<string>;
}

/** A child that wrote something before its parent had written that it was there. */
export interface Stray {
  execution_id: string;
  parent: NonNullable<PlaybookInitialized["parent"]>;
}

/** `<step>#<run>[.<index>]` without the leg of a continuation: a call is one call however often it was parked. */
export function callOf(commandId: string): string {
  return commandId.replace(/~\d+$/, "");
}

export function recordOf(events: readonly LogEvent[], strays: readonly Stray[] = []): Recorded {
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
      recorded.children.set(callOf(event.command_id), { step: event.step, execution_id: event.child_execution_id });
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
  for (const { execution_id, parent } of strays) {
    const call = callOf(parent.command_id);
    if (!recorded.children.has(call)) recorded.children.set(call, { step: parent.step, execution_id });
  }
  return recorded;
}

/** The record of a run over what it had still to take over from the one it went on from. */
export function inherit(own: Recorded, earlier: Recorded): Recorded {
  return {
    calls: new Map([...earlier.calls, ...own.calls]),
    children: new Map([...earlier.children, ...own.children]),
    failed: new Set([...own.failed, ...[...earlier.failed].filter((step) => !own.seen.has(step))]),
    finished: new Set([...own.finished, ...[...earlier.finished].filter((step) => !own.failed.has(step))]),
    seen: new Set([...earlier.seen, ...own.seen]),
  };
}
