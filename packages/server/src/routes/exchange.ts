import { ensureError, isNoetlError } from "@noetl/core";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { errorBody, retryAfter } from "../http/errors.ts";
import { type Route, route } from "../http/route.ts";
import { id } from "../http/schemas.ts";
import type { Given } from "../runs/index.ts";
import { eventBatch } from "../wire/event-in.ts";
import { givenHint } from "../wire/hint.ts";

const MOST = 256;

/** Only our workers come here: ids are text, as they are inside. */
function offerOf(given: Given) {
  return { ...givenHint(given, undefined), command: given.command, fence: given.fence };
}

/**
 * Claims and reports of a busy worker in one request, as if each had come alone: `POST /api/commands/{id}/claim`,
 * `POST /api/events/batch`. Each has a status and a body of its own; what they write is written together.
 */
export function exchangeRoute(context: ServerContext): Route {
  const { claims, ingest, metrics, config, log } = context;

  async function claim(eventId: string, workerId: string) {
    const stop = metrics.claimSeconds.startTimer();
    try {
      const { row, command } = await claims.claim(eventId, workerId);
      return { status: 200, command, fence: row.fence };
    } finally {
      stop();
    }
  }

  async function report(body: z.infer<typeof eventBatch>, workerId: string) {
    const stop = metrics.ingestSeconds.startTimer();
    const done = await ingest.take({
      execution_id: body.execution_id,
      events: body.events,
      worker_id: workerId,
      ...(body.command_event_id ? { command_event_id: body.command_event_id } : {}),
      ...(typeof body.fence === "number" ? { fence: body.fence } : {}),
      ...(body.next ? { next: body.next } : {}),
    });
    metrics.batchesAccepted.inc();
    stop();
    return { status: 202, ...(done.next.length > 0 ? { next: done.next.map(offerOf) } : {}) };
  }

  async function settled<T>(work: Promise<T>) {
    try {
      return await work;
    } catch (thrown) {
      const error = ensureError(thrown);
      if (!isNoetlError(error)) {
        log.error(error.message, { error, path: "/api/worker/pool/exchange" });
        return { status: 500, error: "internal error; the server's log says more", code: "INTERNAL" };
      }
      const body = errorBody(error);
      const after = retryAfter(error, body.status);
      return { ...body, ...(after === undefined ? {} : { retry_after: after }) };
    }
  }

  return route("POST", "/api/worker/pool/exchange", {
    tag: "workers",
    summary: "Claims and reports of one worker in one request; each is answered for itself",
    bodyLimit: config.bodyLimit,
    body: z.object({
      worker_id: z.string().min(1),
      claims: z.array(id).max(MOST).default([]),
      reports: z.array(eventBatch).max(MOST).default([]),
    }),
    async handle({ body }) {
      const [claimed, reported] = await Promise.all([
        Promise.all(body.claims.map((eventId) => settled(claim(eventId, body.worker_id)))),
        Promise.all(body.reports.map((one) => settled(report(one, body.worker_id)))),
      ]);
      return { claims: claimed, reports: reported };
    },
  });
}
