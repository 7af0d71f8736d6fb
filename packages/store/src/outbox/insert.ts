import type { OutboxMessage } from "../port/outbox.ts";
import { type Statement, sql } from "../sql/statement.ts";
import { at } from "../sql/values.ts";

export function insertMessage(executionId: string, message: OutboxMessage, now: number): Statement {
  return sql`
    INSERT INTO noetl.outbox (execution_id, event_id, subject, payload, available_at, created_at, updated_at)
    VALUES (${executionId}, ${message.event_id}, ${message.subject}, ${JSON.stringify(message.payload)},
      ${at(now + (message.delay_ms ?? 0))}, ${at(now)}, ${at(now)})
    ON CONFLICT DO NOTHING`;
}
