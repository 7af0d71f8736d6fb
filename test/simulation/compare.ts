import { isDeepStrictEqual } from "node:util";
import { isObject, type Json, type JsonObject } from "@noetl/core";
import { canonicalLog, type LogEvent } from "@noetl/engine";

/** Of the host, not of the run. */
const OF_HOST = ["state", "version", "catalog_id", "env", "server_url", "pool", "directory"];

/**
 * A log without what delivery added to it: a command that was lost and issued again is one command. `undefined` when a
 * command was given up because every worker that took it was lost: then the run rightly came to something else.
 */
function delivered(events: readonly LogEvent[]): JsonObject[] | undefined {
  const issued = new Set<string>();
  const lost = new Map<string, number>();
  const kept: LogEvent[] = [];
  for (const event of events) {
    if (event.type === "command.lost") {
      const times = (lost.get(event.command_id) ?? 0) + 1;
      lost.set(event.command_id, times);
      if (times > 2) return undefined;
    } else if (event.type !== "command.issued") {
      kept.push(event);
    } else if (!issued.has(event.command_id)) {
      issued.add(event.command_id);
      kept.push(event);
    }
  }
  return canonicalLog(kept).map((line) => withoutHost(line) as JsonObject);
}

/** Ids of runs further down are named in messages, and in no event of this log. */
const ID = /\b\d{17,19}\b/g;

function withoutHost(value: Json): Json {
  if (typeof value === "string") return value.replace(ID, "<id>");
  if (Array.isArray(value)) return value.map(withoutHost);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject)
      .filter(([key]) => !OF_HOST.includes(key))
      .map(([key, item]) => [key, withoutHost(item)]),
  );
}

/** Was a command given up? Then its run, and those that called it, rightly come to something else. */
export function wasGivenUp(events: readonly LogEvent[]): boolean {
  return delivered(events) === undefined;
}

/** The first line in which two logs differ, as text; `undefined` when they are the same. */
export function difference(mine: readonly LogEvent[], wanted: readonly LogEvent[]): string | undefined {
  const a = delivered(mine);
  const b = delivered(wanted);
  if (!a || !b) return undefined;
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    if (isDeepStrictEqual(a[at], b[at])) continue;
    return `line ${at + 1}:\n  here      ${JSON.stringify(a[at])}\n  reference ${JSON.stringify(b[at])}`;
  }
  return undefined;
}

/** As `difference`, where the order of concurrent branches may differ: what each step run came to. */
export function differenceOfSteps(mine: readonly LogEvent[], wanted: readonly LogEvent[]): string | undefined {
  const a = outcomes(mine);
  const b = outcomes(wanted);
  if (!a || !b) return undefined;
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const [here, there] = [a.get(key), b.get(key)];
    if (!isDeepStrictEqual(here, there)) {
      return `${key}:\n  here      ${JSON.stringify(here)}\n  reference ${JSON.stringify(there)}`;
    }
  }
  return undefined;
}

function outcomes(events: readonly LogEvent[]): Map<string, Json[]> | undefined {
  const lines = delivered(events);
  if (!lines) return undefined;
  const found = new Map<string, Json[]>();
  const add = (key: string, line: Json) => found.set(key, [...(found.get(key) ?? []), line]);
  for (const line of lines) {
    const key = `${line.type} ${line.step ?? ""} ${line.command_id ?? ""}`;
    if (line.type === "step.enter") add(key, { ...line, from: [...(line.from as string[])].sort() });
    else if (line.type === "playbook.completed" || line.type === "playbook.failed") add(String(line.type), null);
    else add(key, JSON.parse(JSON.stringify(line).replace(/<child \d+>/g, "<child>")) as Json);
  }
  return found;
}
