import { eventStatus, type LogEvent } from "@noetl/engine";
import type { Row } from "../sql/statement.ts";
import { at, int, text } from "../sql/values.ts";

export interface EventRow {
  event_id: string;
  type: string;
  node: string | null;
  command_key: string | null;
  status: string;
  created_at: string;
  /** JSON of the event without what the columns hold */
  body: string;
}

export function toRow(event: LogEvent): EventRow {
  // Left out by being undefined: a copy without them takes twice as long.
  const body = { ...event, event_id: undefined, execution_id: undefined, seq: undefined };
  return {
    event_id: event.event_id,
    type: event.type,
    node: "step" in event ? event.step : null,
    command_key: commandKeyOf(event),
    status: eventStatus(event),
    created_at: at(event.ts),
    body: JSON.stringify(body),
  };
}

export function commandKeyOf(event: LogEvent): string | null {
  return "command_id" in event ? event.command_id : null;
}

export function fromRow(executionId: string, row: Row): LogEvent {
  const event = JSON.parse(text(row.body)) as LogEvent;
  event.event_id = text(row.event_id);
  event.execution_id = executionId;
  event.seq = int(row.stream_version);
  return event;
}

export function isRunEnd(type: string): boolean {
  return type === "playbook.completed" || type === "playbook.failed" || type === "execution.cancelled";
}
