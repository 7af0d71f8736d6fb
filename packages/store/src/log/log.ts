import { DELIVERY, type LogEvent } from "@noetl/engine";
import type { Context } from "../context.ts";
import { list, type Operation, raw, sql } from "../sql/statement.ts";
import type { EventLog } from "../store.ts";
import { append, note } from "./append.ts";
import { fromRow, toRow } from "./event-row.ts";

/** `EventLog` over any database. */
export function eventLog(context: Context): EventLog {
  const { db, clock } = context;
  return {
    append: (input) => db.write(() => append(db, input, clock.now()), { durable: input.durable ?? true }),
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
  // As the index has it, which takes half the time: few events have to change places, and those of the run itself none.
  const mixed = types === undefined || types.some((type) => DELIVERY.has(type as LogEvent["type"]));
  const exact = mixed && limit !== undefined;
  const rows = yield sql`
    SELECT event_id, stream_version, body FROM noetl.event
    WHERE execution_id = ${executionId} AND stream_version > ${afterSeq}
    ${types === undefined ? raw("") : sql`AND event_type IN ${list(types)}`}
    ORDER BY stream_version ${exact ? sql`, ${isDelivery}, event_id` : raw("")}
    ${limit === undefined ? raw("") : sql`LIMIT ${limit}`}`;
  const events = rows.map((row) => fromRow(executionId, row));
  return mixed && !exact ? deliveryLast(events) : events;
}

const isDelivery = raw(`event_type IN (${[...DELIVERY].map((type) => `'${type}'`).join(", ")})`);

/** Puts those that share a seq in order, in place. */
function deliveryLast(events: LogEvent[]): LogEvent[] {
  for (let from = 0; from < events.length; from++) {
    const seq = events[from]?.seq;
    let to = from + 1;
    while (events[to]?.seq === seq) to += 1;
    if (to > from + 1) events.splice(from, to - from, ...events.slice(from, to).sort(byDelivery));
    from = to - 1;
  }
  return events;
}

function byDelivery(one: LogEvent, other: LogEvent): number {
  const rank = Number(DELIVERY.has(one.type)) - Number(DELIVERY.has(other.type));
  return rank || Number(BigInt(one.event_id) - BigInt(other.event_id));
}
