import type { Context } from "../context.ts";
import type { Mirror, MirroredEvent } from "../port/mirror.ts";
import { type Row, sql } from "../sql/statement.ts";
import { at, jsonObject, ms, text } from "../sql/values.ts";

/** `Mirror` over any database; table `noetl.mirrored_event`. */
export function mirror({ db }: Context): Mirror {
  return {
    insert: (events) =>
      db.write(function* () {
        let inserted = 0;
        for (const { execution_id, event_id, event_type, created_at, envelope } of events) {
          const made = yield sql`
            INSERT INTO noetl.mirrored_event (execution_id, event_id, event_type, created_at, envelope)
            SELECT ${execution_id}, ${event_id}, ${event_type}, ${at(created_at)}, ${JSON.stringify(envelope)}
            WHERE NOT EXISTS (SELECT 1 FROM noetl.event WHERE execution_id = ${execution_id} AND event_id = ${event_id})
            ON CONFLICT (execution_id, event_id) DO NOTHING RETURNING event_id`;
          inserted += made.length;
        }
        return { inserted };
      }),
    load: (executionId, limit) =>
      db.read(function* () {
        const rows = yield sql`SELECT execution_id, event_id, event_type, created_at, envelope FROM noetl.mirrored_event
          WHERE execution_id = ${executionId} ORDER BY event_id LIMIT ${limit}`;
        return rows.map(eventOf);
      }),
  };
}

function eventOf(row: Row): MirroredEvent {
  return {
    execution_id: text(row.execution_id),
    event_id: text(row.event_id),
    event_type: text(row.event_type),
    created_at: ms(row.created_at),
    envelope: jsonObject(row.envelope),
  };
}
