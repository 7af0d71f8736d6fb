import type { Json, JsonObject } from "@noetl/core";
import { segments } from "./endpoint.ts";
import type { Request } from "./request.ts";
import { idOf, listOf, objectOf, statusOf, textOf, timeOf } from "./shapes.ts";

export interface ExecuteInput {
  path?: string;
  catalog_id?: string;
  version?: string | number;
  workload: JsonObject;
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

export interface ExecutionStatus {
  execution_id: string;
  /** PENDING RUNNING CANCELLING COMPLETED FAILED CANCELLED UNKNOWN */
  status: string;
  current_step: string | null;
  completed_steps: string[];
  failed_steps: string[];
  started_at: string | null;
  ended_at: string | null;
  duration_seconds: number | null;
  error: Json;
  variables: JsonObject;
  raw: Json;
}

export interface ExecutionEvent {
  event_id: string;
  event_type: string;
  step: string | null;
  status: string | null;
  created_at: string | null;
  error: Json;
  raw: JsonObject;
}

export interface Executions {
  start(input: ExecuteInput): Promise<StartedExecution>;
  rerun(executionId: string, workload: JsonObject): Promise<StartedExecution>;
  status(executionId: string): Promise<ExecutionStatus>;
  list(filter?: { status?: string; path?: string; page?: number; page_size?: number }): Promise<ExecutionStatus[]>;
  get(executionId: string): Promise<JsonObject>;
  /** Oldest first. */
  events(
    executionId: string,
    filter?: { since?: string; type?: string; page?: number; page_size?: number },
  ): Promise<ExecutionEvent[]>;
  cancel(
    executionId: string,
    options?: { reason?: string; cascade?: boolean },
  ): Promise<{ status: string; cancelled: string[]; message: string | null; raw: Json }>;
  cleanup(options: {
    older_than_minutes: number;
    dry_run: boolean;
  }): Promise<{ count: number; execution_ids: string[]; message: string | null }>;
}

export function executions(request: Request): Executions {
  return {
    async start(input) {
      const { version, ...rest } = input;
      const body = { ...rest, ...(version === undefined ? {} : { version }), resource_kind: "playbook" };
      // With a dedup key a repeated start finds the first one.
      return started(await request("execute", { method: "POST", body, idempotent: input.dedup !== undefined }));
    },
    async rerun(executionId, workload) {
      return started(
        await request(`executions/${segments(executionId)}/rerun`, {
          method: "POST",
          body: { workload, resource_kind: "playbook" },
        }),
      );
    },
    async status(executionId) {
      return statusShape(executionId, await request(`executions/${segments(executionId)}/status`));
    },
    async list(filter = {}) {
      const { page = 1, page_size = 50, ...rest } = filter;
      const body = await request("executions", {
        query: { page, page_size, limit: page_size, offset: (page - 1) * page_size, ...rest },
      });
      return listOf(body, "executions", "items").map((item) => statusShape("", item));
    },
    async get(executionId) {
      return objectOf(await request(`executions/${segments(executionId)}`, { query: { page: 1, page_size: 100 } }));
    },
    async events(executionId, filter = {}) {
      const { since, type, page = 1, page_size = 500 } = filter;
      const body = await request(`executions/${segments(executionId)}/events`, {
        query: { page, page_size, order: "asc", since_event_id: since, event_type: type },
      });
      return listOf(body, "events")
        .map(eventShape)
        .sort((a, b) => compareIds(a.event_id, b.event_id));
    },
    async cancel(executionId, options = {}) {
      const raw = await request(`executions/${segments(executionId)}/cancel`, {
        method: "POST",
        body: { cascade: options.cascade ?? true, ...(options.reason === undefined ? {} : { reason: options.reason }) },
        idempotent: true,
      });
      const body = objectOf(raw);
      return {
        status: String(body.status ?? "cancelled"),
        cancelled: ids(body.cancelled_executions),
        message: textOf(body.message),
        raw,
      };
    },
    async cleanup(options) {
      const body = objectOf(await request("executions/cleanup", { method: "POST", body: options }));
      return {
        count: Number(body.cancelled_count ?? 0),
        execution_ids: ids(body.execution_ids),
        message: textOf(body.message),
      };
    },
  };
}

function ids(value: unknown): string[] {
  return listOf(value).flatMap((item) => idOf(item) ?? []);
}

function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

function started(raw: Json): StartedExecution {
  const body = objectOf(raw);
  return {
    execution_id: idOf(body.execution_id) ?? idOf(body.id) ?? "",
    status: String(body.status ?? "started"),
    path: textOf(body.path),
    raw,
  };
}

/** Three generations answer differently (server-api §2.6); a failed run must never read as running. */
export function statusShape(executionId: string, raw: Json): ExecutionStatus {
  const body = objectOf(raw);
  const progress = objectOf(body.progress);
  const status =
    body.is_cancelled === true || body.cancelled === true
      ? "CANCELLED"
      : typeof body.status === "string"
        ? statusOf(body.status)
        : body.completed === true
          ? body.failed === true
            ? "FAILED"
            : "COMPLETED"
          : body.failed === true
            ? "FAILED"
            : "RUNNING";
  return {
    execution_id: idOf(body.execution_id) ?? executionId,
    status,
    current_step: textOf(body.current_step),
    completed_steps: listOf(body.completed_steps).map(String),
    failed_steps: [...listOf(body.failed_steps), ...listOf(progress.failed_steps)].map(String),
    started_at: timeOf(body.start_time ?? body.started_at),
    ended_at: timeOf(body.end_time ?? body.completed_at),
    duration_seconds: typeof body.duration_seconds === "number" ? body.duration_seconds : null,
    error: body.error ?? null,
    variables: objectOf(body.variables),
    raw,
  };
}

function eventShape(raw: Json): ExecutionEvent {
  const body = objectOf(raw);
  return {
    event_id: idOf(body.event_id) ?? "",
    event_type: String(body.event_type ?? body.name ?? ""),
    step: textOf(body.node_name ?? body.step),
    status: textOf(body.status),
    created_at: timeOf(body.created_at ?? body.timestamp),
    error: body.error ?? null,
    raw: body,
  };
}
