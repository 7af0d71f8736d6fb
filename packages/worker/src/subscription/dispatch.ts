import type { FeedMessage } from "@noetl/bus";
import type { ExecuteInput } from "@noetl/client";
import { isObject, type Json, type JsonObject } from "@noetl/core";
import type { Directive, SubscriptionDocument } from "./document.ts";

/** The run that these messages start. A message of many deliveries starts one: its id is the key. */
export function executionOf(
  document: SubscriptionDocument,
  subscriptionId: string,
  messages: readonly FeedMessage[],
): ExecuteInput {
  const [first] = messages;
  const steered = steer(document.directives, first?.headers ?? {});
  const pool = steered.pool ?? document.pool;
  const key = steered.key ?? messages.map((message) => message.id).join(",");
  return {
    path: steered.playbook ?? document.playbook,
    workload:
      document.batch === 1 && first
        ? payloadOf(document, first)
        : { messages: messages.map(described), count: messages.length },
    ...(pool === undefined ? {} : { execution_pool: pool }),
    ...(document.dedupSeconds === undefined
      ? {}
      : { dedup: { key: `${subscriptionId}:${key}`, window_secs: document.dedupSeconds } }),
  };
}

/** How many of these were steered by a header, for the metrics. */
export function isSteered(document: SubscriptionDocument, message: FeedMessage): boolean {
  return Object.keys(steer(document.directives, message.headers)).length > 0;
}

/** Only a header the document names may change something, a playbook or a pool only to a value it lists. */
function steer(
  directives: readonly Directive[],
  headers: { readonly [name: string]: string },
): { playbook?: string; pool?: string; key?: string } {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const found: { playbook?: string; pool?: string; key?: string } = {};
  for (const { header, controls, allowed, map } of directives) {
    const given = lower.get(header);
    if (given === undefined) continue;
    const mapped = Object.hasOwn(map, given) ? map[given] : allowed.includes(given) ? given : undefined;
    const value = controls === "key" ? given : mapped;
    if (value !== undefined) found[controls] = value;
  }
  return found;
}

/** An object is the workload; anything else is its `data`. How it came is told as `message`, where the name is free. */
function payloadOf({ payloadFrom }: SubscriptionDocument, message: FeedMessage): JsonObject {
  const whole = described(message);
  const data = payloadFrom === undefined ? message.data : at(whole, payloadFrom);
  const { data: _, ...rest } = whole;
  return { message: rest, ...(isObject(data) ? (data as JsonObject) : { data }) };
}

function described({ id, subject, data, headers, delivered }: FeedMessage): JsonObject {
  return { id, subject, data, headers, delivered };
}

function at(value: Json, path: string): Json {
  let found: Json | undefined = value;
  for (const key of path.split(".").filter((each) => each !== "" && each !== "message")) {
    found = isObject(found) && Object.hasOwn(found, key) ? (found as JsonObject)[key] : undefined;
  }
  return found ?? null;
}
