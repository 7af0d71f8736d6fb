import { isObject, type Json, type JsonObject } from "@noetl/core";
import { canonicalLog, DELIVERY, type LogEvent } from "@noetl/engine";
import { causalOrder } from "./causal.ts";
import type { Case } from "./corpus.ts";
import type { Ran } from "./subject.ts";

/** What a host knows of itself, and how long things took. */
const OF_HOST: ReadonlySet<string> = new Set([
  ...["catalog_id", "version", "env", "server_url", "pool", "directory"],
  ...["elapsed", "date", "processing_time_seconds", "items_per_second", "max_active"],
]);

/** Marks that a playbook takes from the world: they differ from run to run on one host as well. */
const MARKS: readonly [RegExp, string][] = [
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?/g, "<time>"],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, "<uuid>"],
  [/\b\d{17,19}\b/g, "<id>"],
  [/127\.0\.0\.1:\d+/g, "<address>"],
  [/\b1[6-9]\d{8}(\d{3})?(\.\d+)?\b/g, "<epoch>"],
];

/**
 * The log of one run of the tree as it must come out on every host: concurrent branches in one order; ids, times, dice and
 * what is of the host masked; what is stored elsewhere in its place.
 */
export function comparable(ran: Ran, place: string, { dice, awaited }: Case): JsonObject[] {
  const events = (ran.logs.get(place) ?? []).filter(
    (event) => !DELIVERY.has(event.type) && !("step" in event && awaited?.includes(event.step)),
  );
  const mask = masker([...MARKS, ...(dice?.marks ?? [])], new Set([...OF_HOST, ...(dice?.keys ?? [])]), ran.bodies);
  return canonicalLog(causalOrder(events.map(sorted))).map((line) => mask(line) as JsonObject);
}

/** The tokens of a join come in the order in which its branches end. */
function sorted(event: LogEvent): LogEvent {
  return event.type === "step.enter" ? { ...event, from: [...event.from].sort() } : event;
}

function masker(marks: readonly [RegExp, string][], keys: ReadonlySet<string>, bodies: Ran["bodies"]) {
  const textOf = (text: string) => marks.reduce((masked, [mark, name]) => masked.replace(mark, name), text);
  const mask = (value: Json): Json => {
    if (typeof value === "string") return textOf(value);
    if (typeof value === "number" || typeof value === "bigint") {
      const text = String(value);
      return textOf(text) === text ? value : textOf(text);
    }
    if (Array.isArray(value)) return value.map(mask);
    if (!isObject(value)) return value;
    const { kind, ref, extracted } = value;
    if (kind === "result_ref" && typeof ref === "string")
      return {
        names: Object.keys(value).sort(),
        body: mask(bodies.get(ref) ?? null),
        extracted: mask(extracted ?? null),
      };
    const entries = Object.entries(value as JsonObject).filter(([key]) => !keys.has(key));
    return Object.fromEntries(entries.map(([key, item]) => [key, mask(item)]));
  };
  return mask;
}
