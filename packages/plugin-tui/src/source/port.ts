import type { Json, JsonObject } from "@noetl/core";

/** PENDING RUNNING CANCELLING COMPLETED FAILED CANCELLED INTERRUPTED, or what an older server says. */
export type Status = string;

export interface ExecutionRow {
  id: string;
  path: string;
  version: string | null;
  status: Status;
  /** ms since 1970 */
  startedAt: number | null;
  endedAt: number | null;
  error: string | null;
  parent: string | null;
}

export interface ExecutionDetail extends ExecutionRow {
  /** text of the playbook it runs; null when the source does not have it */
  playbook: string | null;
  workload: JsonObject;
}

/** An event of the log, wherever it comes from. */
export interface TimelineEvent {
  id: string;
  /** place in the log, from 1; delivery events carry the one before */
  seq: number;
  ts: number | null;
  type: string;
  step: string | null;
  run: number | null;
  command: string | null;
  iteration: number | null;
  attempt: number | null;
  status: string | null;
  error: string | null;
  /** what a call gave */
  output?: Json;
  /** all of it, for reading */
  body: JsonObject;
}

export interface StepPicture {
  step: string;
  /** PENDING RUNNING COMPLETED FAILED SKIPPED CANCELLED */
  status: Status;
  runs: number;
  attempts: number;
  loop?: { total: number | null; done: number; failed: number; running: number };
}

/** A run as the fold of its log sees it at one point. */
export interface Picture {
  status: Status;
  startedAt: number | null;
  endedAt: number | null;
  steps: StepPicture[];
  variables: JsonObject;
  /** absent while there is none */
  result?: Json;
  error: string | null;
}

/** `rendered: false`: the templates as they are written, because `why`. */
export type StepInputs = { rendered: true; value: Json } | { rendered: false; value: Json; why: string };

export interface PlaybookRow {
  path: string;
  version: string | null;
  /** ms since 1970; null where it is not known */
  changedAt: number | null;
}

export interface PlaybookText {
  path: string;
  version: string | null;
  text: string;
}

export interface WorkerRow {
  name: string;
  status: string;
  pool: string | null;
  capacity: number | null;
  heartbeatAt: number | null;
  host: string | null;
  pid: number | null;
}

export interface Workforce {
  workers: WorkerRow[];
  /** absent where nobody tells */
  queues?: { pool: string; waiting: number; running: number }[];
}

/** Where the executions are: a server, or the runs of this machine. Every call rejects with a NoetlError. */
export interface Source {
  readonly kind: "server" | "local";
  /** for the title */
  readonly label: string;
  /** The id that this means: a whole one, or its last digits. Meaning `not_found`. */
  find(ref: string): Promise<string>;
  /** newest first */
  executions(signal: AbortSignal): Promise<ExecutionRow[]>;
  execution(id: string, signal: AbortSignal): Promise<ExecutionDetail>;
  /** Events after `since` as they come, until the run is over. Rejects with `unavailable` when the connection breaks. */
  follow(id: string, since: string | undefined, signal: AbortSignal): AsyncGenerator<TimelineEvent[]>;
  /** The run behind the event with this number, or as it is now. `events` are those known so far. */
  picture(id: string, at: number | undefined, events: readonly TimelineEvent[], signal: AbortSignal): Promise<Picture>;
  /** What the tools of a step are given, secrets left out; of a loop for one item. */
  inputs(id: string, step: string, item: number, signal: AbortSignal): Promise<StepInputs>;
  playbooks(signal: AbortSignal): Promise<PlaybookRow[]>;
  playbook(path: string, version: string | null, signal: AbortSignal): Promise<PlaybookText>;
  workforce(signal: AbortSignal): Promise<Workforce>;
  /** Resolve with the id of the new execution. */
  start(path: string, version: string | null, workload: JsonObject): Promise<string>;
  rerun(id: string): Promise<string>;
  /** absent: this source cannot go on with an execution that failed */
  resume?(id: string): Promise<string>;
  cancel(id: string): Promise<string>;
  close(): Promise<void>;
}
