import type { Json } from "@noetl/core";

/** A message to be published after the transaction it was written in (server-api §6.2). */
export interface OutboxMessage {
  event_id: string;
  subject: string;
  payload: Json;
  /** not before; gives the direct publish after commit its chance, ms */
  delay_ms?: number;
}

export interface OutboxRow {
  outbox_id: string;
  execution_id: string;
  event_id: string;
  subject: string;
  payload: Json;
  /** this one included */
  attempts: number;
}

export interface Outbox {
  /**
   * Due messages in order, now IN_FLIGHT and this publisher's; another publisher gets others. Rows left in flight by a
   * dead publisher for a minute are due again; after 20 attempts a row is dead and stays FAILED.
   */
  take(limit: number): Promise<OutboxRow[]>;
  published(outboxIds: readonly string[]): Promise<void>;
  /** By event, for the direct publish after commit that never took the row. */
  publishedEvents(events: readonly { execution_id: string; event_id: string }[]): Promise<void>;
  /** Due again after 1, 2, 4 … at most 300 s. */
  failed(outboxId: string, error: string): Promise<void>;
  /** Untouched ones back to PENDING (shutdown). */
  release(outboxIds: readonly string[]): Promise<void>;
  /** Deletes what was published before `before`, ms since 1970. */
  purge(before: number): Promise<number>;
  depth(): Promise<{ pending: number; in_flight: number; failed: number; dead: number }>;
}
