import { ensureError } from "@noetl/core";
import type { Log } from "../log.ts";

export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: "server" | "internal";
  /** ms since 1970 */
  start: number;
  end: number;
  failed: boolean;
  attributes: { [name: string]: string | number };
}

export interface Exporter {
  add(span: Span): void;
  close(): Promise<void>;
}

export interface ExporterOptions {
  /** base address of the collector, as in `OTEL_EXPORTER_OTLP_ENDPOINT` */
  endpoint: string;
  /** `key=value,key=value`, as in `OTEL_EXPORTER_OTLP_HEADERS` */
  headers: string | undefined;
  service: string;
  version: string;
  log: Log;
  everyMs?: number;
}

const EVERY_MS = 2_000;
/** Rather fewer spans than a queue without end while the collector is away. */
const KEPT = 4_096;
const KINDS = { internal: 1, server: 2 } as const;
const FAILED = 2;

/** Sends spans as OTLP/HTTP JSON, a batch at a time; what cannot be sent is dropped and told once. */
export function openExporter(options: ExporterOptions): Exporter {
  const url = `${options.endpoint.replace(/\/+$/, "")}/v1/traces`;
  const headers = { "content-type": "application/json", ...headersOf(options.headers ?? "") };
  let waiting: Span[] = [];
  let silent = false;
  let sending: Promise<void> = Promise.resolve();

  async function send(): Promise<void> {
    const spans = waiting;
    waiting = [];
    if (spans.length === 0) return;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers,
        body: JSON.stringify(payload(spans, options)),
        signal: AbortSignal.timeout(10_000),
      });
      if (!response.ok) throw new Error(`the collector answered ${response.status}`);
      await response.body?.cancel();
      silent = false;
    } catch (error) {
      if (!silent) options.log.warn("traces cannot be sent", { error: ensureError(error), url });
      silent = true;
    }
  }

  const timer = setInterval(() => {
    sending = sending.then(send);
  }, options.everyMs ?? EVERY_MS);
  timer.unref();

  return {
    add(span) {
      if (waiting.length < KEPT) waiting.push(span);
    },
    async close() {
      clearInterval(timer);
      sending = sending.then(send);
      await sending;
    },
  };
}

function headersOf(text: string): { [name: string]: string } {
  const pairs = text.split(",").flatMap((part) => {
    const [, name, value] = /^\s*([^=]+?)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    return name === undefined || value === undefined ? [] : [[name, decodeURIComponent(value)]];
  });
  return Object.fromEntries(pairs);
}

function payload(spans: readonly Span[], { service, version }: ExporterOptions) {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes({ "service.name": service, "service.version": version }) },
        scopeSpans: [{ scope: { name: "noetl-server", version }, spans: spans.map(spanOf) }],
      },
    ],
  };
}

function spanOf(span: Span) {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: KINDS[span.kind],
    startTimeUnixNano: nanoseconds(span.start),
    endTimeUnixNano: nanoseconds(span.end),
    attributes: attributes(span.attributes),
    status: span.failed ? { code: FAILED } : {},
  };
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}

function attributes(values: { [name: string]: string | number }) {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
  }));
}
