import { isObject, type Json, type JsonObject } from "@noetl/core";
import type { LogEvent } from "../events.ts";
import { DELIVERY } from "./delivery.ts";

/** Values that differ between two runs of the same thing. */
const VOLATILE = new Set([
  "duration_ms",
  "started_at",
  "expires_at",
  "worker",
  "worker_id",
  "server_url",
  "elapsed_ms",
]);

/**
 * A log as it can be compared with that of another host: events for people are left out, ids are numbered in order of
 * appearance, times and durations are gone.
 */
export function canonicalLog(events: Iterable<LogEvent>): JsonObject[] {
  const names = new Map<string, string>();
  const name = (id: unknown, kind: string) => {
    if (typeof id === "string" && !names.has(id)) names.set(id, `<${kind} ${names.size + 1}>`);
  };
  const lines: JsonObject[] = [];
  for (const event of events) {
    if (DELIVERY.has(event.type)) continue;
    name(event.execution_id, "execution");
    if (event.type === "playbook.initialized") {
      name(event.root_execution_id, "root");
      name(event.parent?.execution_id, "parent");
      name(event.resumed_from, "earlier");
    }
    if (event.type === "child.started" || event.type === "child.completed") name(event.child_execution_id, "child");
    const { event_id: _id, ts: _ts, seq: _seq, execution_id: _execution, ...body } = event;
    lines.push(masked(body as unknown as JsonObject, names) as JsonObject);
  }
  return lines;
}

function masked(value: Json, names: ReadonlyMap<string, string>): Json {
  if (typeof value === "string") return maskedText(value, names);
  if (Array.isArray(value)) return value.map((each) => masked(each, names));
  if (!isObject(value)) return value;
  const entries = Object.entries(value as JsonObject);
  return Object.fromEntries(
    entries.filter(([key]) => !VOLATILE.has(key)).map(([key, each]) => [key, masked(each, names)]),
  );
}

/** Short ids are masked as whole values only: they may be part of any word. */
function maskedText(text: string, names: ReadonlyMap<string, string>): string {
  const whole = names.get(text);
  if (whole !== undefined) return whole;
  let result = text;
  for (const [id, mask] of names) if (id.length >= 6) result = result.replaceAll(id, mask);
  return result;
}
