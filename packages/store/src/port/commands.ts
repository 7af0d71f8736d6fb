import type { Json, JsonObject } from "@noetl/core";

/**
 * States of a command row (server-api §4.5):
 *   PENDING → CLAIMED (claim) → RUNNING (`command.started`, heartbeat) → COMPLETED | FAILED | CANCELLED
 * CLAIMED and RUNNING go back to PENDING when the worker gives the command back, or are claimed again when it is lost.
 * A terminal state is never left.
 */
export type CommandStatus = "PENDING" | "CLAIMED" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELLED";

/** Written with the `command.issued` event it stands for: one id, one look-up (server-api §5.4). */
export interface NewCommand {
  /** of the `command.issued` event */
  event_id: string;
  /** the engine's `<step>#<run>…` */
  command_id: string;
  step: string;
  kind: string;
  pool: string;
  attempt: number;
  catalog_id?: string | null;
  /** what the worker is given when it claims; absent = the host makes it then */
  body?: Json;
  meta?: JsonObject;
  /** issued and claimed in one: the worker is at hand and is told after the transaction. Absent = it waits for a claim */
  claim?: Assignment;
}

/** A claim that is written with its command. Until the worker's first heartbeat nobody knows whether it was told. */
export interface Assignment {
  worker_id: string;
  /** ms; when it lapses before a heartbeat anybody may have the command */
  lease_ms: number;
  /** of `command.claimed` */
  event_id: string;
}

export interface CommandRow {
  execution_id: string;
  event_id: string;
  command_id: string;
  catalog_id: string | null;
  step: string;
  kind: string;
  pool: string;
  status: CommandStatus;
  /** of the engine, see `command.issued` */
  attempt: number;
  /** how often a worker took it */
  claims: number;
  /** grows with every claim; a holder of an older one has lost the command */
  fence: number;
  worker_id: string | null;
  claimed_at: number | null;
  started_at: number | null;
  heartbeat_at: number | null;
  lease_until: number | null;
  completed_at: number | null;
  created_at: number;
  meta: JsonObject;
}

export interface ClaimInput {
  event_id: string;
  worker_id: string;
  /** how long the claim holds without a heartbeat, ms */
  lease_ms: number;
  /** a worker whose runtime row has no heartbeat for so long is lost, ms; default 30 s */
  stale_ms?: number;
  /** even a healthy worker loses the command after so long, ms; default 30 min */
  hard_ms?: number;
  /** id of the `command.claimed` event, written in the same transaction; absent = no event */
  claimed_event_id?: string;
}

export type ReclaimReason =
  | "worker_inactive"
  | "worker_heartbeat_stale"
  | "healthy_worker_hard_timeout"
  | "same_worker_hard_timeout"
  | "lease_expired";

export type Claim =
  | {
      outcome: "claimed";
      command: CommandRow;
      body: Json;
      again: boolean;
      /** status of its run at that moment, where it was at hand */
      run?: "PENDING" | "RUNNING" | "CANCELLING" | "COMPLETED" | "FAILED" | "CANCELLED";
      reclaimed?: { from: string; reason: ReclaimReason };
    }
  | { outcome: "active"; command: CommandRow; reason: "active_claim" | "healthy_worker" }
  | { outcome: "terminal"; command: CommandRow };

export interface Commands {
  get(eventId: string): Promise<(CommandRow & { body: Json }) | undefined>;
  /** Newest row of this command of the run. */
  find(executionId: string, commandId: string): Promise<CommandRow | undefined>;
  list(filter: { execution_id: string; status?: readonly CommandStatus[] }): Promise<CommandRow[]>;
  /** Reclaim policy of server-api §4.4: exactly one worker gets it. `not_found` for an unknown command. */
  claim(input: ClaimInput): Promise<Claim>;
  /**
   * Extends the lease and marks the command RUNNING. `held: false` = lost to another worker or ended: stop working on it;
   * `status` says which.
   */
  heartbeat(input: {
    event_id: string;
    worker_id: string;
    fence?: number;
    lease_ms: number;
  }): Promise<{ held: boolean; status: CommandStatus }>;
  /** Gives a claimed command back (drain); false when it was not held any more. */
  release(input: { event_id: string; worker_id: string; fence?: number }): Promise<boolean>;
  /**
   * For polling workers: unclaimed commands of these pools and those whose lease lapsed, oldest first, held back from other pollers
   * for `reserve_ms` (worker-and-tools §3.5). A hint: the claim decides.
   */
  ready(input: { pools: readonly string[]; limit: number; reserve_ms: number }): Promise<CommandRow[]>;
  /** For the reaper: PENDING older than `pending_ms`, and held ones whose lease lapsed. */
  stalled(input: { pending_ms: number; limit: number }): Promise<CommandRow[]>;
  /** Per pool: waiting and held. */
  depth(): Promise<{ pool: string; pending: number; running: number }[]>;
}
