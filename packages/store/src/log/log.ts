import type { LogEvent } from "@noetl/engine";
import type { Context } from "../context.ts";
import { list, type Operation, raw, sql } from "../sql/statement.ts";
import type { EventLog } from "../store.ts";
import { append, note } from "./append.ts";
import { fromRow, toRow } from "./event-row.ts";

/** `EventLog` over any database. */
export function eventLog(context: Context): EventLog {
  const { db, clock } = context;
  return {
    append: (input) => db.write(() => append(db, input, clock.now())),
    load: (executionId, options = {}) => db.read(() => load(executionId, options)),
    async note(executionId, events) {
      const rows = events.map(toRow);
      const options = { atomic: false, durable: false };
      return { appended: await db.write(() => note(executionId, rows, clock.now()), options) };
    },
  };
}

/** Delivery events come after the event whose seq they share: a reader who goes on after that seq has not missed it. */
export function* load(
  executionId: string,
  options: NonNullable<Parameters<EventLog["load"]>[1]>,
): Operation<LogEvent[]> {
  const { afterSeq = 0, limit, types } = options;
  const rows = yield sql`
    SELECT execution_id, event_id, stream_version, body FROM noetl.event
    WHERE execution_id = ${executionId} AND stream_version > ${afterSeq}
    ${types === undefined ? raw("") : sql`AND event_type IN ${list(types)}`}
    ORDER BY stream_version, event_type IN ('command.claimed', 'command.started', 'command.heartbeat'), event_id
    ${limit === undefined ? raw("") : sql`LIMIT ${limit}`}`;
  return rows.map(fromRow);
}
