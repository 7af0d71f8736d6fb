import type { Json, JsonObject } from "@noetl/core";
import type { CallDone, CallError, Command, EventBody } from "@noetl/engine";
import type { Envelope } from "@noetl/scope";
import type { Live, Report } from "../runs/index.ts";
import { doneEnvelope, errorOf } from "./envelope.ts";
import type { IncomingEvent } from "./event-in.ts";

/** What an old worker's event says to the engine; nothing for events that are for people only. */
export function reportsOf(
  live: Live,
  events: readonly IncomingEvent[],
  commandIds: readonly (string | undefined)[],
): Report[] {
  const reports: Report[] = [];
  events.forEach((event, index) => {
    const commandId = commandIds[index];
    if (commandId === undefined) return;
    const said = reports.some((report) => isOutcome(report, commandId)) || reportedBefore(live, commandId);
    reports.push(...reportOf(live, event, commandId, said));
  });
  return reports;
}

function isOutcome(report: Report, commandId: string): boolean {
  return (report.type === "call.done" || report.type === "call.error") && report.command_id === commandId;
}

function reportedBefore(live: Live, commandId: string): boolean {
  return live.run.pending().some((pending) => pending.command_id === commandId && pending.reported !== undefined);
}

function reportOf(live: Live, event: IncomingEvent, commandId: string, outcomeKnown: boolean): Report[] {
  const command = live.run.command(commandId);
  if (!command) return [];
  const { payload } = event;
  const id = event.event_id === undefined ? {} : { event_id: event.event_id };
  switch (event.type) {
    case "call.done":
      return [{ ...outcome(command, doneEnvelope(payload, metaOf(command, event))), ...id }];
    case "call.error":
      return [{ ...failure(command, event), ...id }];
    case "command.completed": {
      // The call goes on outside; whoever ends it reports `call.done` later (server-api §2.18, container-callback).
      if (payload.pending_callback === true) return [];
      const end: Report = { type: "command.completed", ...siteOf(command), ...id };
      if (outcomeKnown) return [end];
      return [outcome(command, doneEnvelope(payload, metaOf(command, event))), end];
    }
    case "command.failed": {
      const end: Report = { type: "command.failed", ...siteOf(command), ...id };
      return outcomeKnown ? [end] : [failure(command, event), end];
    }
    case "command.cancelled":
      return [{ type: "command.cancelled", ...siteOf(command), ...id }];
    default:
      return [];
  }
}

function siteOf(command: Command) {
  const { step, run, command_id, iteration } = command.issued;
  return { step, run, command_id, ...(iteration === undefined ? {} : { iteration }) };
}

function outcome(command: Command, envelope: Envelope): CallDone | CallError {
  const base = { ...siteOf(command), updates: contextUpdates(envelope.data) };
  const { error } = envelope;
  return error
    ? { type: "call.error", ...base, envelope: { ...envelope, error } }
    : { type: "call.done", ...base, envelope };
}

function failure(command: Command, event: IncomingEvent): CallError {
  const { payload } = event;
  const told: Json = payload.error ?? "the worker reported a failure";
  const error = errorOf(told);
  const kind = typeof payload.error_type === "string" && error.code === undefined ? { code: payload.error_type } : {};
  return {
    type: "call.error",
    ...siteOf(command),
    updates: [],
    envelope: {
      status: error.kind === "timeout" ? "timeout" : "error",
      data: payload.response ?? null,
      error: { ...error, ...kind },
      meta: metaOf(command, event),
    },
  };
}

/** `_context_updates` of a result are written to `ctx` (server-api §4.6, 2). */
function contextUpdates(data: Json): CallDone["updates"] {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return [];
  const updates = data._context_updates;
  if (typeof updates !== "object" || updates === null || Array.isArray(updates)) return [];
  return Object.entries(updates as JsonObject).map(([name, value]) => ({ path: [name], value }));
}

function metaOf(command: Command, event: IncomingEvent): Envelope["meta"] {
  const attempt = Number(event.meta.attempts ?? 1);
  return {
    attempt: Number.isInteger(attempt) && attempt > 0 ? attempt : 1,
    duration_ms: 0,
    tool: command.issued.kind,
    started_at: "",
    ...(event.worker_id === undefined ? {} : { worker: event.worker_id }),
  };
}

/** Our workers report what the engine folds, as it is; only what the engine takes from hosts. */
const HOST_EVENTS: ReadonlySet<EventBody["type"]> = new Set<EventBody["type"]>([
  "call.done",
  "call.error",
  "call.parked",
  "command.completed",
  "command.failed",
  "command.cancelled",
]);

export function isHostEvent(body: EventBody): boolean {
  return HOST_EVENTS.has(body.type);
}
