import type { CallDone, CallError, LogEvent, PlaybookInitialized } from "@noetl/engine";

/** What a log says was done: the outcome of each call, the children it started, how its steps stand. */
export interface Recorded {
  calls: Map<string, CallDone | CallError>;
  children: Map<string, { step: string; execution_id: string }>;
  failed: Set<string>;
  finished: Set<string>;
  seen: Set<string>;
}

/** The events that a record is made of; the rest, half of a log, need not even be loaded. */
export const TOLD: readonly LogEvent["type"][] = [
  "playbook.initialized",
  "step.enter",
  "call.done",
  "call.error",
  "child.started",
  "step.exit",
  "next.evaluated",
];

export interface Issued {
  step: string;
  command_id: string;
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

export interface Recorder {
  /** in the order of the log */
  add(event: LogEvent): void;
  readonly recorded: Recorded;
  /** the commands that were issued, if it was told of them */
  readonly issued: readonly Issued[];
}

/** Listens to a log and keeps of it what a resume has to know. */
export function openRecorder(): Recorder {
  const recorded: Recorded = {
    calls: new Map(),
    children: new Map(),
    failed: new Set(),
    finished: new Set(),
    seen: new Set(),
  };
  const issued: Issued[] = [];
  const errors = new Map<string, { call: string; event: CallError }[]>();
  const keep = (run: string) => {
    for (const { call, event } of errors.get(run) ?? []) recorded.calls.set(call, event);
  };
  return {
    recorded,
    issued,
    add(event) {
      if (event.type === "step.enter") {
        recorded.seen.add(event.step);
        recorded.finished.delete(event.step);
      } else if (event.type === "command.issued") {
        issued.push({ step: event.step, command_id: event.command_id });
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
    },
  };
}

/** A child counts although its parent never wrote that it was there. */
export function adopt({ children }: Recorded, strays: readonly Stray[]): void {
  for (const { execution_id, parent } of strays) {
    const call = callOf(parent.command_id);
    if (!children.has(call)) children.set(call, { step: parent.step, execution_id });
  }
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
