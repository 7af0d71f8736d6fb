import { TOLERANT } from "@noetl/template";
import type { EventFields } from "./api.ts";
import { stepStatus } from "./status.ts";
import type { EnvelopeStatus } from "./types.ts";

const DONE = ["step.done", "step.exit", "command.completed"];
const FAILED = ["step.failed", "command.failed"];

/** The literals that `event.name` equals (DSL §17.3), its own name first. */
export function eventNames(name: string, routerMentionsLoopDone = false): readonly string[] {
  switch (name) {
    case "call.done":
      return [name, ...DONE];
    case "loop.done":
      return routerMentionsLoopDone ? [name, ...DONE] : [name, ...DONE, "call.done"];
    case "call.error":
      return [name, ...FAILED];
    default:
      return [name];
  }
}

/** `event` of a routing decision: `{name, step, status, iteration?, error?}`. */
export function eventView(name: string, fields: EventFields = {}): { [key: string]: unknown } {
  const { routerMentionsLoopDone = false, status, ...rest } = fields;
  const names = eventNames(name, routerMentionsLoopDone);
  return {
    name: { [TOLERANT]: true, text: name, equals: (other: string) => names.includes(other) },
    ...rest,
    ...(status === undefined ? {} : { status: isStatus(status) ? stepStatus(status) : status }),
  };
}

function isStatus(status: string): status is EnvelopeStatus {
  return status === "ok" || status === "error" || status === "skipped" || status === "timeout";
}
