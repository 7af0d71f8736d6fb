import type { Json, JsonObject } from "@noetl/core";
import type { LogEvent } from "@noetl/engine";
import type { ResultRef } from "@noetl/scope";
import type { SecretAudit, Sinks } from "./port/audit.ts";
import type { Catalog } from "./port/catalog.ts";
import type { Commands, NewCommand } from "./port/commands.ts";
import type { PoolStatus, StatementAnswer, StatementInput } from "./port/console.ts";
import type { Keychain } from "./port/keychain.ts";
import type { Mirror } from "./port/mirror.ts";
import type { Objects } from "./port/objects.ts";
import type { Outbox, OutboxMessage } from "./port/outbox.ts";
import type { Dedup, Leases, Runtimes } from "./port/runtimes.ts";
import type { Schedules } from "./port/schedules.ts";
import type { Stages } from "./port/stages.ts";
import type { Variables } from "./port/variables.ts";
import type { KeyStatus } from "./secrets/key-status.ts";
import type { Rotation } from "./secrets/rekey.ts";

/**
 * Durable state behind one port; adapters: sqlite, postgres, memory. One contract suite runs against all. Every method may reject with
 * `NoetlError` meaning `unavailable` (retry), `conflict`, `not_found`.
 */
export interface Store {
  readonly log: EventLog;
  readonly executions: Executions;
  readonly results: Results;
  readonly credentials: Credentials;
  readonly commands: Commands;
  readonly outbox: Outbox;
  readonly catalog: Catalog;
  readonly keychain: Keychain;
  readonly variables: Variables;
  readonly runtimes: Runtimes;
  readonly schedules: Schedules;
  readonly leases: Leases;
  readonly dedup: Dedup;
  readonly stages: Stages;
  readonly objects: Objects;
  readonly secretAudit: SecretAudit;
  readonly sinks: Sinks;
  readonly mirror: Mirror;
  readonly dialect: "sqlite" | "postgres";
  /** Undefined where there are no connections to speak of. */
  pool(): PoolStatus | undefined;
  /** One statement on the database itself. Meaning `terminal` (`QUERY_FAILED`) when it fails. */
  query(input: StatementInput): Promise<StatementAnswer>;
  /** Wraps every secret again under the current key, with `fresh` under a new one where the store makes its own. Meaning `conflict` while another does. */
  rekey(options?: { fresh?: boolean }): Promise<Rotation>;
  /** Under which keys secrets stand, without keys and secrets. */
  keyStatus(): Promise<KeyStatus>;
  /** Creates or upgrades the schema; safe to run twice and by several processes at once. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}

export interface EventLog {
  /**
   * Appends in one transaction, with what must be true together. `expectedSeq` is the last seq the caller has folded; another writer in
   * between gives meaning `conflict`. An event whose `event_id` is stored already is skipped (idempotent); `appended` says how many were new.
   * So is a second terminal event of a run, and a second end of a command (server-api §3.7, §4.9). The store numbers what is new.
   *
   * Rows follow from events: a `command.*` event moves its command row, the terminal event of a run cancels the rows left
   * open. `fence` refuses (`conflict`, code `FENCED`) what a worker reports that has lost its claim meanwhile.
   */
  append(input: {
    execution_id: string;
    expectedSeq: number;
    events: readonly LogEvent[];
    summary?: ExecutionPatch;
    commands?: readonly NewCommand[];
    outbox?: readonly OutboxMessage[];
    fence?: { event_id: string; worker_id: string; fence?: number };
    /** first events of a run: makes its row and keeps the text, where they are not there yet */
    create?: { summary: ExecutionSummary; definition: string };
    /** false when a power cut may undo it, as it may not what is appended later: SQLite need not wait for the disk */
    durable?: boolean;
  }): Promise<{ appended: number; seq: number }>;
  /**
   * Delivery events (`command.claimed | started | heartbeat`) written by others than the run's own writer. They take the seq of the
   * event before them, hence never cause a conflict; `fold` ignores them. Repeated ids are skipped.
   */
  note(executionId: string, events: readonly LogEvent[]): Promise<{ appended: number }>;
  /** Events in seq order. */
  load(
    executionId: string,
    options?: { afterSeq?: number; limit?: number; types?: readonly string[] },
  ): Promise<LogEvent[]>;
}

export interface ExecutionSummary {
  execution_id: string;
  path: string;
  name: string;
  version: string | null;
  catalog_id: string | null;
  status: "PENDING" | "RUNNING" | "CANCELLING" | "COMPLETED" | "FAILED" | "CANCELLED";
  started_at: number;
  ended_at: number | null;
  parent_execution_id: string | null;
  root_execution_id: string;
  /** file the playbook came from; null for catalog runs */
  source: string | null;
  error: JsonObject | null;
  /** sha-256 of the text; the text itself is kept once in `definitions` */
  definition: string;
  resumed_from: string | null;
  seq: number;
}
export type ExecutionPatch = Partial<Pick<ExecutionSummary, "status" | "ended_at" | "error">>;

export interface Executions {
  create(summary: ExecutionSummary, definitionText: string): Promise<void>;
  get(executionId: string): Promise<ExecutionSummary | undefined>;
  definition(sha256: string): Promise<string | undefined>;
  /** Newest first; `cursor` is the last execution_id of the page before. Flat cost however many executions there are. */
  list(filter?: {
    path?: string;
    source?: string;
    status?: readonly string[];
    parent?: string | null;
    limit?: number;
    cursor?: string;
  }): Promise<ExecutionSummary[]>;
  delete(executionId: string): Promise<void>;
  /**
   * Repair: the row of a run, and rows of its commands, as its log has them; `open` are the commands that the log leaves open.
   * Meaning `conflict` when the log is not at `seq` any more. Tells what was not so.
   */
  rebuild(input: {
    execution_id: string;
    seq: number;
    status: ExecutionSummary["status"];
    ended_at: number | null;
    error: JsonObject | null;
    open: readonly string[];
  }): Promise<{ run: boolean; commands: number }>;
}

export interface Results {
  put(input: {
    execution_id: string;
    step: string;
    body: Json;
    store?: string;
    scope: string;
    ttl?: number;
  }): Promise<ResultRef>;
  /** `not_found` when it never was, or has expired. */
  get(ref: string): Promise<Json>;
  /** What is stored of an execution, or of one step of it; expired ones too, without bodies. */
  list(executionId: string, step?: string): Promise<StoredResult[]>;
  /** Forgets the results of an execution, or of one step of it; returns how many. */
  remove(executionId: string, step?: string): Promise<number>;
  /** Per store and scope. */
  stats(): Promise<{ store: string; scope: string; count: number; bytes: number }[]>;
  /** Deletes what has expired; returns how many. */
  collect(now: number): Promise<number>;
}

export interface StoredResult {
  ref: string;
  name: string;
  store: string;
  scope: string;
  bytes: number;
  sha256: string;
  created_at: number;
  expires_at: number | null;
}

export interface CredentialRecord {
  id: string;
  name: string;
  type: string;
  description: string | null;
  tags: string[];
  meta: JsonObject;
  created_at: number;
  updated_at: number;
}

/** `data` is encrypted at rest (decision 17: AES-256-GCM envelope) and never part of a listing. */
export interface Credentials {
  put(input: {
    name: string;
    type: string;
    data: JsonObject;
    description?: string;
    tags?: string[];
    meta?: JsonObject;
  }): Promise<CredentialRecord>;
  get(name: string): Promise<(CredentialRecord & { data: JsonObject }) | undefined>;
  list(filter?: { type?: string; query?: string }): Promise<CredentialRecord[]>;
  delete(name: string): Promise<boolean>;
}
