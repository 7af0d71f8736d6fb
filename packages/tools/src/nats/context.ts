import type { MsgHdrs, NatsConnection } from "@nats-io/transport-node";
import { type Json, type JsonObject, NoetlError } from "@noetl/core";
import type { NatsConfig } from "./tool.ts";

/** What an operation works with. */
export interface Context {
  connection: NatsConnection;
  config: NatsConfig;
  signal: AbortSignal;
}

export type Run = (context: Context) => Promise<JsonObject>;

/** A key that an operation needs. Throws `NoetlError` code `CONFIG_INVALID`. */
export function need(config: NatsConfig, name: "bucket" | "key" | "subject" | "stream" | "consumer"): string {
  const value = config[name];
  if (value !== undefined) return value;
  throw new NoetlError("validation", "CONFIG_INVALID", `nats: operation ${config.operation} needs \`${name}\``);
}

/** What a message or object holds: `data`, else `payload`, else `value`. */
export function contentOf({ data, payload, value }: NatsConfig): Json | undefined {
  return data ?? payload ?? value;
}

export async function messageHeaders(config: NatsConfig): Promise<MsgHdrs | undefined> {
  if (config.headers === undefined) return undefined;
  const { headers } = await import("@nats-io/transport-node");
  const result = headers();
  for (const [name, value] of Object.entries(config.headers)) result.set(name, value);
  return result;
}
