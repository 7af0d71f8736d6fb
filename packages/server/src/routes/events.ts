import { createHash } from "node:crypto";
import { NoetlError, rawInteger } from "@noetl/core";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { id } from "../http/schemas.ts";
import { batchIds } from "../ingest/batch-ids.ts";
import { eventBatch, singleEvent } from "../wire/event-in.ts";
import { offerWire } from "../wire/hint.ts";

const WEEK_MS = 7 * 86_400_000;

/** server-api §2.7 */
export function eventRoutes(context: ServerContext): Route[] {
  const { ingest, metrics, config, store, ids } = context;

  return [
    route("POST", "/api/events", {
      tag: "events",
      summary: "One event of a worker; repeating its event_id is harmless",
      body: singleEvent,
      async handle({ body }) {
        const stop = metrics.ingestSeconds.startTimer();
        const { execution_id, event, fence } = body;
        const done = await ingest.take({
          execution_id,
          events: [event],
          ...(event.worker_id === undefined ? {} : { worker_id: event.worker_id }),
          ...(fence === undefined ? {} : { fence }),
        });
        stop();
        return {
          status: "ok",
          event_id: event.type === "command.claimed" ? 0 : rawInteger(done.event_ids[0] ?? "0"),
          commands_generated: done.commands,
          duplicate: done.duplicate,
          ...(done.stop === undefined ? {} : { stop: done.stop, cancelled: done.stop }),
        };
      },
    }),
    route("POST", "/api/events/batch", {
      tag: "events",
      summary: "Events of one execution, in one transaction",
      bodyLimit: config.bodyLimit,
      body: eventBatch,
      async handle({ body, request, reply }) {
        const stop = metrics.ingestSeconds.startTimer();
        const waited = metrics.batchSeconds.startTimer();
        if (body.events.length > config.batch.events) {
          throw new NoetlError("validation", "TOO_MANY_EVENTS", `a batch may hold ${config.batch.events} events`);
        }
        const ours = body.events.some((event) => event.body !== undefined);
        const bytes = Number(request.headers["content-length"] ?? 0);
        if (bytes > config.batch.bytes && !ours) {
          throw new NoetlError("validation", "TOO_LARGE", `a batch may be ${config.batch.bytes} bytes long`);
        }
        const key = header(request.headers["idempotency-key"]) ?? header(request.headers["x-idempotency-key"]);
        // Our workers name the claim they report for: what it did is known by its command.
        const known =
          key === undefined || ours ? undefined : await batchIds(store, ids, { ...body, key, window_ms: WEEK_MS });
        const events = body.events.map((event, index) => ({ ...event, event_id: event.event_id ?? known?.ids[index] }));
        const done = await ingest.take({
          execution_id: body.execution_id,
          events,
          ...(body.worker_id ? { worker_id: body.worker_id } : {}),
          ...(body.command_event_id ? { command_event_id: body.command_event_id } : {}),
          ...(typeof body.fence === "number" ? { fence: body.fence } : {}),
          ...(body.next ? { next: body.next } : {}),
        });
        metrics.batchesAccepted.inc();
        stop();
        waited();
        reply.code(202);
        const event_ids = done.event_ids.map(rawInteger);
        return {
          status: "accepted",
          request_id: `${body.execution_id}-${done.event_ids[0] ?? "0"}`,
          event_ids,
          commands_generated: done.commands,
          queue_depth: 0,
          duplicate: known?.again ?? done.duplicate,
          idempotency_key: key ?? null,
          ...(done.next.length > 0 ? { next: done.next.map(offerWire) } : {}),
          ...(done.stop === undefined ? {} : { stop: done.stop }),
        };
      },
    }),
    route("GET", "/api/events/batch/:request_id/status", {
      tag: "events",
      summary: "A batch is processed when it is accepted",
      params: z.object({ request_id: z.string() }),
      handle: ({ params }) => batchStatus(params.request_id),
    }),
    route("GET", "/api/events/batch/:request_id/stream", {
      tag: "events",
      summary: "The same as a stream of one message",
      params: z.object({ request_id: z.string() }),
      async handle({ params, reply }) {
        const status = await batchStatus(params.request_id);
        reply.type("text/event-stream").send(`event: status\ndata: ${JSON.stringify(status)}\n\n`);
      },
    }),
  ];

  async function batchStatus(requestId: string) {
    const [executionId = "", eventId = ""] = requestId.split("-");
    const known = id.safeParse(executionId).success && (await store.executions.get(executionId));
    if (!known || eventId === "") throw new NoetlError("not_found", "BATCH_NOT_FOUND", `batch not found: ${requestId}`);
    return {
      request_id: requestId,
      execution_id: executionId,
      state: "completed",
      status: "completed",
      error_code: null,
      message: null,
      commands_generated: 0,
      idempotency_key: null,
      updated_at: new Date(context.clock.now()).toISOString(),
    };
  }
}

function header(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  if (text === undefined || text === "") return undefined;
  return text.length <= 200 ? text : createHash("sha256").update(text).digest("hex");
}
