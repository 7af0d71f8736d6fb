import { createHash, randomBytes } from "node:crypto";
import type { LogEvent } from "@noetl/engine";
import type { Turned } from "../runs/index.ts";
import type { Exporter } from "./otlp.ts";
import { parseTraceparent } from "./requests.ts";

/**
 * A span for every run, under the request that started it, and one for every command, from its issue to its end. The span of a
 * run follows from its id, so that any server can write those below it.
 */
export function traceRuns(exporter: Exporter): (turned: Turned) => void {
  /** when commands were issued that are not over; those of another server's turns have no beginning here, and no span */
  const issued = new Map<string, { at: number; kind: string }>();
  return ({ live, events }) => {
    const { execution_id, path, started_at } = live.summary;
    const caller = parseTraceparent(live.trace?.traceparent);
    const traceId = caller?.traceId ?? idOf(execution_id, 16);
    const spanId = idOf(execution_id, 8);
    for (const event of events) {
      if (event.type === "command.issued") {
        issued.set(keyOf(event), { at: event.ts, kind: event.kind });
      } else if (isCommandEnd(event)) {
        const begun = issued.get(keyOf(event));
        issued.delete(keyOf(event));
        if (!begun) continue;
        exporter.add({
          traceId,
          spanId: randomBytes(8).toString("hex"),
          parentSpanId: spanId,
          name: `step ${event.step}`,
          kind: "internal",
          start: begun.at,
          end: event.ts,
          failed: event.type === "command.failed",
          attributes: { "noetl.execution_id": execution_id, "noetl.step": event.step, "noetl.tool": begun.kind },
        });
      } else if (isRunEnd(event)) {
        for (const key of issued.keys()) if (key.startsWith(`${execution_id}\0`)) issued.delete(key);
        exporter.add({
          traceId,
          spanId,
          ...(caller ? { parentSpanId: caller.spanId } : {}),
          name: `run ${path}`,
          kind: "internal",
          start: started_at,
          end: event.ts,
          failed: event.type === "playbook.failed",
          attributes: { "noetl.execution_id": execution_id, "noetl.path": path, "noetl.event": event.type },
        });
      }
    }
  };
}

const keyOf = (event: LogEvent & { command_id: string }): string => `${event.execution_id}\0${event.command_id}`;

function isCommandEnd(
  event: LogEvent,
): event is Extract<LogEvent, { type: "command.completed" | "command.failed" | "command.cancelled" }> {
  return event.type === "command.completed" || event.type === "command.failed" || event.type === "command.cancelled";
}

function isRunEnd(event: LogEvent): boolean {
  return (
    event.type === "playbook.completed" || event.type === "playbook.failed" || event.type === "execution.cancelled"
  );
}

function idOf(executionId: string, bytes: number): string {
  return createHash("sha256")
    .update(`noetl:${executionId}`)
    .digest("hex")
    .slice(0, bytes * 2);
}
