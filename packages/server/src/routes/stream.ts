import { once } from "node:events";
import { ensureError } from "@noetl/core";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { id } from "../http/schemas.ts";
import { follow } from "../stream/follow.ts";
import { eventWire } from "../wire/event-out.ts";

const RECHECK_MS = 1_000;
const KEEP_ALIVE_MS = 15_000;

/** Server-sent events of one execution (server-api §2.7). */
export function streamRoutes(context: ServerContext): Route[] {
  const { store, runs, executions, clock, log } = context;
  return [
    route("GET", "/api/executions/:id/events/stream", {
      tag: "executions",
      summary: "Events as they happen (SSE), from Last-Event-ID on; ends behind the terminal event",
      params: z.object({ id }),
      query: z.object({ since_event_id: id.optional() }),
      async handle({ params, query, request, reply }) {
        const summary = await executions.summary(params.id);
        const asked = request.headers["last-event-id"];
        const since = (typeof asked === "string" && asked !== "" ? asked : undefined) ?? query.since_event_id;
        const gone = new AbortController();
        const leave = () => gone.abort();
        const { raw } = reply;
        raw.on("close", leave);
        reply.hijack();
        raw.writeHead(200, {
          "content-type": "text/event-stream; charset=utf-8",
          "cache-control": "no-cache",
          "x-accel-buffering": "no",
          "access-control-allow-origin": "*",
        });
        raw.flushHeaders();
        const signal = AbortSignal.any([gone.signal, context.closing]);
        let written = clock.now();
        const write = async (text: string) => {
          written = clock.now();
          if (!raw.write(text)) await once(raw, "drain", { signal });
        };
        try {
          for await (const event of follow({
            store,
            runs,
            executionId: params.id,
            since,
            recheckMs: RECHECK_MS,
            signal,
          })) {
            if (event !== "idle") {
              const wire = JSON.stringify(eventWire(event, summary));
              await write(`id: ${event.event_id}\nevent: ${event.type}\ndata: ${wire}\n\n`);
            } else if (clock.now() - written > KEEP_ALIVE_MS) await write(": still here\n\n");
          }
        } catch (error) {
          if (!signal.aborted)
            log.warn("a stream of events broke", { execution_id: params.id, error: ensureError(error) });
        } finally {
          raw.off("close", leave);
          raw.end();
        }
        return undefined;
      },
    }),
  ];
}
