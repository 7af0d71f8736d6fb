import type { Json, JsonObject } from "@noetl/core";

export interface ExecuteInput {
  path?: string;
  catalog_id?: string;
  version?: string | number;
  workload: JsonObject;
  /** how the workload meets the one of the playbook; default: the server's, deep */
  merge?: "deep" | "shallow";
  parent_execution_id?: string;
  execution_pool?: string;
  dedup?: { key: string; window_secs: number };
}

export interface StartedExecution {
  execution_id: string;
  status: string;
  path: string | null;
  raw: Json;
}

export interface StepStatus {
  step: string;
  /** PENDING RUNNING COMPLETED FAILED SKIPPED CANCELLED */
  status: string;
  runs: number | null;
  attempts: number | null;
  loop: JsonObject | null;
}

export interface ExecutionStatus {
  execution_id: string;
  path: string | null;
  version: string | null;
  /** PENDING RUNNING CANCELLING COMPLETED FAILED CANCELLED UNKNOWN */
  status: string;
  current_step: string | null;
  completed_steps: string[];
  failed_steps: string[];
  /** empty where the server does not tell */
  steps: StepStatus[];
  started_at: string | null;
  ended_at: string | null;
  duration_seconds: number | null;
  error: Json;
  variables: JsonObject;
  /** only when it was asked for, and from servers that tell it */
  result?: Json;
  parent_execution_id: string | null;
  raw: Json;
}

export interface ExecutionEvent {
  event_id: string;
  event_type: string;
  step: string | null;
  status: string | null;
  created_at: string | null;
  error: Json;
  /** place in the log, where the server tells */
  seq: number | null;
  raw: JsonObject;
}

export interface CancelledExecution {
  status: string;
  /** it was over already; nothing was done */
  finished: boolean;
  /** null when the server does not say which ones */
  cancelled: string[] | null;
  message: string | null;
  raw: Json;
}

export interface CleanedExecutions {
  count: number;
  execution_ids: string[];
  message: string | null;
}

export interface Executions {
  start(input: ExecuteInput): Promise<StartedExecution>;
  /** Servers without that route: the former execution is read and started anew. */
  rerun(executionId: string, workload: JsonObject): Promise<StartedExecution>;
  /** `full`: whole variables and the result, where the server has them. Meaning `not_found` for an unknown id. */
  status(executionId: string, options?: { full?: boolean }): Promise<ExecutionStatus>;
  list(filter?: {
    status?: string;
    path?: string;
    parent_execution_id?: string;
    page?: number;
    page_size?: number;
  }): Promise<ExecutionStatus[]>;
  get(executionId: string): Promise<JsonObject>;
  /** A page, oldest first. */
  events(
    executionId: string,
    filter?: { since?: string; type?: string; page?: number; page_size?: number },
  ): Promise<ExecutionEvent[]>;
  /** Stops it and what it started. An execution that is over already is `finished`, no error. */
  cancel(executionId: string, options?: { reason?: string; cascade?: boolean }): Promise<CancelledExecution>;
  /** Cancels what is open for longer; servers without that route: one by one. */
  cleanup(options: { older_than_minutes: number; dry_run: boolean }): Promise<CleanedExecutions>;
}
