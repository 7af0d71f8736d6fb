import { NoetlError, rawInteger } from "@noetl/core";
import type { EventType, LogEvent } from "@noetl/engine";
import type { ExecutionSummary } from "@noetl/store";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type EventPage, eventPage } from "../executions/event-page.ts";
import { listExecutions } from "../executions/list.ts";
import { type Route, route } from "../http/route.ts";
import { count, flag, id } from "../http/schemas.ts";
import { type EventWire, eventWire } from "../wire/event-out.ts";
import { executionWire, isEnded, statusWire } from "../wire/execution.ts";

const withId = z.object({ id });

const pageQuery = z.object({
  page: count(1, 1_000_000, 1),
  page_size: count(1, 500, 100),
  since_event_id: id.optional(),
  event_type: z.string().optional(),
  include_events: flag(true),
  order: z.enum(["asc", "desc"]).default("desc"),
});

const listQuery = z.object({
  page: count(1, 1_000_000, 1),
  page_size: z.coerce.number().int().min(1).max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).optional(),
  offset: z.coerce.number().int().min(0).optional(),
  status: z.string().optional(),
  path: z.string().optional(),
  catalog_id: id.optional(),
  parent_execution_id: id.optional(),
});

export function executionRoutes(context: ServerContext): Route[] {
  const { executions, clock, store } = context;

  async function events(summary: ExecutionSummary, query: z.infer<typeof pageQuery>) {
    const page = await eventPage(store, summary, { ...query, type: query.event_type as EventType | undefined });
    return {
      events: page.events.map((event: LogEvent): EventWire => eventWire(event, summary)),
      pagination: pagination(page, query),
    };
  }

  return [
    route("GET", "/api/executions", {
      tag: "executions",
      summary: "Newest first; from the rows of executions alone",
      query: listQuery,
      async handle({ query }) {
        const size = query.page_size ?? query.limit ?? 100;
        const offset = query.offset ?? (query.page - 1) * size;
        if (offset > 5_000) throw new NoetlError("validation", "E_OFFSET", "a page may start at most at 5000");
        const now = clock.now();
        return (await listExecutions(store, { ...query, size, offset })).map((each) => executionWire(each, now));
      },
    }),
    route("GET", "/api/executions/:id", {
      tag: "executions",
      summary: "One execution with a page of its events",
      params: withId,
      query: pageQuery,
      async handle({ params, query }) {
        const summary = await executions.summary(params.id);
        const [first] = await store.log.load(params.id, { types: ["playbook.initialized"], limit: 1 });
        const workload = first?.type === "playbook.initialized" ? first.workload : null;
        const listed = {
          ...executionWire(summary, clock.now()),
          workload,
          events_endpoint: `/api/executions/${params.id}/events`,
        };
        if (!query.include_events) return { ...listed, events: [], events_included: false };
        return { ...listed, ...(await events(summary, query)), events_included: true };
      },
    }),
    route("GET", "/api/executions/:id/events", {
      tag: "executions",
      summary: "A page of events",
      params: withId,
      query: pageQuery,
      async handle({ params, query }) {
        const summary = await executions.summary(params.id);
        const { execution_id, path, status } = summary;
        return { execution_id, path, status, ...(await events(summary, query)) };
      },
    }),
    route("GET", "/api/executions/:id/status", {
      tag: "executions",
      summary: "What is going on",
      params: withId,
      query: z.object({ full: flag(false) }),
      async handle({ params, query }) {
        const { summary, view, live } = await executions.status(params.id);
        const document = statusWire(summary, view, clock.now(), query.full);
        if (live && !query.full) context.hotStatus?.keep(live, document);
        return document;
      },
    }),
    route("POST", "/api/executions/:id/cancel", {
      tag: "executions",
      summary: "Stop it and, by default, everything it started",
      params: withId,
      body: z.object({ reason: z.string().nullish(), cascade: z.boolean().nullish(), force: z.boolean().nullish() }),
      async handle({ params, body }) {
        const { already, status, cancelled } = await executions.cancel(params.id, {
          reason: body.reason ?? "User requested cancellation",
          cascade: body.cascade ?? true,
          force: body.force ?? false,
        });
        return {
          status: already ? "already_completed" : "cancelled",
          execution_id: params.id,
          execution_status: status,
          cancelled_executions: cancelled,
          message: already ? `execution is ${status} already` : `cancelled ${cancelled.length} execution(s)`,
        };
      },
    }),
    route("GET", "/api/executions/:id/cancellation-check", {
      tag: "executions",
      summary: "One look at one row",
      params: withId,
      async handle({ params }) {
        const { status } = await executions.summary(params.id);
        const cancelled = status === "CANCELLED" || status === "CANCELLING";
        return {
          execution_id: params.id,
          status,
          event_type: cancelled ? "execution.cancelled" : null,
          cancelled,
          is_cancelled: cancelled,
          completed: isEnded(status),
          failed: status === "FAILED",
        };
      },
    }),
    route("POST", "/api/executions/:id/finalize", {
      tag: "executions",
      summary: "End it at once, whatever runs",
      params: withId,
      body: z.object({
        status: z
          .string()
          .transform((word) => word.toUpperCase())
          .pipe(z.enum(["COMPLETED", "FAILED"]))
          .default("FAILED"),
        reason: z.string().nullish(),
        error: z.string().nullish(),
      }),
      async handle({ params, body }) {
        const reason = body.reason ?? body.error ?? "finalized by request";
        const { already } = await executions.finalize(params.id, { status: body.status, reason });
        const message = already ? "the execution is over already" : `the execution was ended as ${body.status}`;
        return { status: already ? "already_completed" : "finalized", execution_id: params.id, message };
      },
    }),
    route("POST", "/api/executions/cleanup", {
      tag: "executions",
      summary: "Cancel what is open for longer than this",
      body: z.object({ older_than_minutes: z.coerce.number().min(1).default(5), dry_run: z.boolean().default(false) }),
      async handle({ body }) {
        const found = await executions.cleanup(body.older_than_minutes * 60_000, body.dry_run);
        return {
          cancelled_count: found.length,
          execution_ids: found.map(rawInteger),
          message: body.dry_run
            ? `${found.length} execution(s) would be cancelled`
            : `cancelled ${found.length} execution(s)`,
        };
      },
    }),
  ];
}

function pagination(page: EventPage, query: { page: number; page_size: number }) {
  const total_pages = Math.ceil(page.total / query.page_size);
  return {
    page: query.page,
    page_size: query.page_size,
    total_events: page.total,
    total_pages,
    has_next: query.page < total_pages,
    has_prev: query.page > 1,
  };
}
