import type { Json, JsonObject } from "@noetl/core";
import type { Command, EventBody } from "@noetl/engine";
import type { ResultRef } from "@noetl/scope";
import type { Credential } from "@noetl/tools";

/** Says that a command may be there; the claim decides (server-api §4.2). */
export interface Hint {
  execution_id: string;
  /** of `command.issued` */
  event_id: string;
  command_id: string;
  step: string;
  /** where to claim, when it is not the worker's own server */
  server_url?: string;
}

/** A hint, or a command that the server has claimed for this worker already. */
export interface Offer extends Hint {
  claimed?: Extract<Claimed, { outcome: "claimed" }>;
}

/** What a worker has room for when it reports. */
export interface Room {
  pools: readonly string[];
  max: number;
}

export type Claimed =
  | { outcome: "claimed"; command: Command; fence: number }
  /** another worker has it; `retry_ms` until its lease may have lapsed */
  | { outcome: "taken"; retry_ms: number }
  /** nothing left to do: finished, cancelled, or the server does not know it */
  | { outcome: "gone"; reason: "ended" | "cancelled" | "unknown" };

/** What a worker asks of a server; adapters: HTTP (`client`), in-process. Rejects with meaning `unavailable` or `timeout` when it may work later. */
export interface ControlPlane {
  /** The server that a hint names, when it is not the worker's own (server-api §4.2). */
  at(url: string | undefined): ControlPlane;
  register(worker: WorkerIdentity): Promise<void>;
  /** `known: false` = register again. */
  heartbeat(worker: WorkerIdentity): Promise<{ known: boolean }>;
  deregister(worker: WorkerIdentity): Promise<void>;
  /** Long poll (decision 26): resolves with hints, or empty at the end of the wait. */
  poll(
    input: {
      worker: string;
      pools: readonly string[];
      max: number;
      wait_ms: number;
      /** what is found may be claimed for this worker: all of it is worked on at once, or released */
      claim?: boolean;
    },
    signal: AbortSignal,
  ): Promise<Offer[]>;
  claim(hint: Hint, worker: string): Promise<Claimed>;
  /** Extends the lease. `held: false` = lost or ended, `stop: true` = the run is being cancelled. */
  extend(hint: Hint, worker: string, fence: number): Promise<{ held: boolean; stop: boolean }>;
  /** Gives a claimed command back (drain). */
  release(hint: Hint, worker: string, fence: number): Promise<void>;
  /**
   * In one transaction, idempotent by `key`. Meaning `conflict` = the claim was lost: drop it. With `next` the server may
   * answer with commands it has claimed for the worker: they are to be worked on, or released.
   */
  report(input: {
    hint: Hint;
    worker: string;
    fence: number;
    key: string;
    events: readonly EventBody[];
    next?: Room;
  }): Promise<readonly Offer[]>;
  credential(name: string, executionId: string): Promise<Credential>;
  putResult(input: {
    execution_id: string;
    step: string;
    body: Json;
    store?: string;
    scope: string;
    ttl?: number;
  }): Promise<ResultRef>;
  getResult(ref: string): Promise<Json>;
  /** Cached keychain entries (server-api §2.11). */
  keychainGet(key: string): Promise<{ data: Json; expires_at: number } | undefined>;
  keychainPut(key: string, entry: { data: Json; expires_at: number }): Promise<void>;
  /** How much more the server can bear; undefined when it cannot tell. */
  pressure?(): Promise<PoolPressure | undefined>;
}

export interface PoolPressure {
  /** of the server's connections to its database, 0 to 1 */
  utilization: number;
  available: number;
  waiting: number;
  /** it has refused something since it was asked last (503) */
  refused: boolean;
}

export interface WorkerIdentity {
  /** unique: `worker-<8 hex>` unless given */
  id: string;
  /** name of the pool it belongs to; which commands it takes is the business of its source */
  pool: string;
  capacity: number;
  hostname: string;
  pid: number;
  labels: JsonObject;
}
