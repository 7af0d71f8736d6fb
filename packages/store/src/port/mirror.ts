import type { JsonObject } from "@noetl/core";

/** An event of another control plane, as its event stream carries it (server-api §6.3). */
export interface MirroredEvent {
  execution_id: string;
  event_id: string;
  event_type: string;
  created_at: number;
  envelope: JsonObject;
}

/** Logs of other control planes, beside ours: they can be read, no engine of ours goes on with them. */
export interface Mirror {
  /** What is known, in our log or here, is skipped: `inserted` says how many were new. */
  insert(events: readonly MirroredEvent[]): Promise<{ inserted: number }>;
  load(executionId: string, limit: number): Promise<MirroredEvent[]>;
}
