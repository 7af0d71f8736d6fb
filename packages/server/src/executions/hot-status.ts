import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "@noetl/core";
import type { Live, Runs } from "../runs/index.ts";
import type { statusWire } from "../wire/execution.ts";
import { durations } from "../wire/times.ts";

/**
 * Status documents of runs in memory, as text: what people and scripts ask for again and again while nothing happens. Only
 * where nobody else writes to the store. A document holds as long as its run is at the same event.
 */
export interface HotStatus {
  /** Answers `GET /api/executions/{id}/status` when it is known by heart; else it is somebody else's. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
  keep(live: Live, document: ReturnType<typeof statusWire>): void;
}

export interface HotStatusPorts {
  runs: Pick<Runs, "peek">;
  clock: Clock;
  /** may this request read? */
  allowed(request: IncomingMessage): boolean;
  /** ms */
  observe(took: number): void;
}

const PATH = /^\/api\/executions\/(\d{1,19})\/status$/;
const KEPT = 2_000;

export function openHotStatus(ports: HotStatusPorts): HotStatus {
  const { runs, clock } = ports;
  const known = new Map<string, { live: Live; seq: number; text: string }>();

  function textOf(executionId: string): string | undefined {
    const found = known.get(executionId);
    if (!found) return undefined;
    const { live, seq, text } = found;
    if (runs.peek(executionId) !== live || live.seq !== seq) {
      known.delete(executionId);
      return undefined;
    }
    const { started_at, ended_at } = live.summary;
    // The clock is the only part that moves.
    return ended_at === null ? joined(text, durations(started_at, null, clock.now())) : text;
  }

  return {
    answer(request, response) {
      if (request.method !== "GET" || request.headers.origin !== undefined) return false;
      const id = PATH.exec(request.url ?? "")?.[1];
      if (id === undefined || !known.has(id) || !ports.allowed(request)) return false;
      const began = performance.now();
      const text = textOf(id);
      if (text === undefined) return false;
      response.writeHead(200, {
        "content-type": "application/json; charset=utf-8",
        "content-length": Buffer.byteLength(text),
      });
      response.end(text);
      ports.observe(performance.now() - began);
      return true;
    },
    keep(live, document) {
      const { start_time, end_time, duration_seconds, duration_human, ...rest } = document;
      const times = { start_time, end_time, duration_seconds, duration_human };
      const text = JSON.stringify(rest);
      const { execution_id } = live.summary;
      known.set(execution_id, { live, seq: live.seq, text: end_time === null ? text : joined(text, times) });
      for (const oldest of known.keys()) {
        if (known.size <= KEPT) break;
        known.delete(oldest);
      }
    },
  };
}

/** Two objects as one text. */
function joined(text: string, more: object): string {
  return `${text.slice(0, -1)},${JSON.stringify(more).slice(1)}`;
}
