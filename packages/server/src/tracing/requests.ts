import { randomBytes } from "node:crypto";
import type { Clock } from "@noetl/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Exporter } from "./otlp.ts";

declare module "fastify" {
  interface FastifyRequest {
    span?: { traceId: string; spanId: string; parentSpanId?: string; start: number };
  }
}

/** `00-<trace>-<span>-<flags>` (W3C trace context). */
export function parseTraceparent(text: string | undefined): { traceId: string; spanId: string } | undefined {
  const [, traceId, spanId] = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}/.exec(text ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId };
}

/** One span a request, under the caller's when it sent one. Named by route: an address holds ids. */
export function traceRequests(app: FastifyInstance, exporter: Exporter, clock: Clock): void {
  app.addHook("onRequest", async (request) => {
    const caller = parseTraceparent(header(request, "traceparent"));
    request.span = {
      traceId: caller?.traceId ?? randomBytes(16).toString("hex"),
      spanId: randomBytes(8).toString("hex"),
      ...(caller ? { parentSpanId: caller.spanId } : {}),
      start: clock.now(),
    };
  });
  app.addHook("onResponse", async (request, reply) => {
    const { span } = request;
    if (!span) return;
    const route = request.routeOptions.url ?? "none";
    exporter.add({
      ...span,
      name: `${request.method} ${route}`,
      kind: "server",
      end: clock.now(),
      failed: reply.statusCode >= 500,
      attributes: {
        "http.request.method": request.method,
        "http.route": route,
        "http.response.status_code": reply.statusCode,
      },
    });
  });
}

/** What a run started by this request belongs to: the request's own span, else what the caller sent. */
export function traceOf(request: FastifyRequest): { traceparent: string } | undefined {
  const { span } = request;
  if (span) return { traceparent: `00-${span.traceId}-${span.spanId}-01` };
  const sent = header(request, "traceparent");
  return parseTraceparent(sent) && sent !== undefined ? { traceparent: sent } : undefined;
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}
