import { subjectOf } from "@noetl/bus";
import type { Json } from "@noetl/core";
import type { LogEvent } from "@noetl/engine";
import type { NewCommand, OutboxMessage } from "@noetl/store";
import type { ServerConfig } from "../config/config.ts";
import type { Live } from "../runs/index.ts";
import { envelopeWire } from "../wire/envelope-out.ts";
import { hintOf } from "../wire/hint.ts";

const TENANT = "noetl.events.default.default";

/**
 * What is to be published once the transaction holds (server-api §6.2). Hints are sent directly after it; their rows come
 * due a little later and cover a process that died in between.
 */
export function outboxOf(
  config: ServerConfig,
  live: Live,
  events: readonly LogEvent[],
  commands: readonly NewCommand[],
): OutboxMessage[] {
  if (config.bus !== "broker") return [];
  const hints = commands.map((command): OutboxMessage => {
    const hint = hintOf(live, command, config.publicUrl);
    const { pool, ...rest } = hint;
    return {
      event_id: command.event_id,
      subject: subjectOf(hint),
      payload: { ...rest, execution_pool: pool } as Json,
      delay_ms: config.outbox.directDelayMs,
    };
  });
  if (!config.eventMirror) return hints;
  const mirrored = events.map(
    (event): OutboxMessage => ({
      event_id: event.event_id,
      subject: `${TENANT}.${event.execution_id}.0`,
      payload: envelopeWire(event, live.summary) as Json,
    }),
  );
  return [...hints, ...mirrored];
}
