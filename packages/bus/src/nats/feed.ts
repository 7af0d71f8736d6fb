import { AckPolicy, type JsMsg, jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { MsgHdrs, NatsConnection } from "@nats-io/transport-node";
import { ensureError, type Json, NoetlError } from "@noetl/core";
import type { Feed, FeedMessage, FeedOptions } from "../feed.ts";
import { leave, open, unreachable } from "./bus.ts";

/** The least that a server accepts as the life of a fetch, ms. */
const LEAST_MS = 1_000;

/** Messages of one durable consumer, which is made when it is missing. */
export async function openNatsFeed(options: FeedOptions): Promise<Feed> {
  const { stream, consumer, subject } = options;
  const connection = await open(options);
  try {
    await ensureConsumer(connection, options);
  } catch (error) {
    await connection.close();
    const cause = ensureError(error);
    if (!/stream not found/i.test(cause.message)) throw unreachable(error);
    throw new NoetlError("not_found", "STREAM_NOT_FOUND", `NATS has no stream '${stream}'`, { cause });
  }
  const client = jetstream(connection, { timeout: 5_000 });
  return {
    async next(max, waitMs, signal) {
      const pulled = await client.consumers.get(stream, consumer);
      const { num_pending } = await pulled.info();
      // Never more than there is: what is given to a request nobody waits for is lost until it is redelivered.
      const batch = await pulled.fetch({
        max_messages: Math.max(1, Math.min(max, num_pending)),
        expires: Math.max(LEAST_MS, waitMs),
      });
      const stop = () => batch.stop();
      signal.addEventListener("abort", stop, { once: true });
      try {
        const found: FeedMessage[] = [];
        for await (const message of batch) found.push(messageOf(message));
        return found;
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
    close: () => leave(connection),
  };

  async function ensureConsumer(of: NatsConnection, { ackWaitMs }: FeedOptions): Promise<void> {
    const manager = await jetstreamManager(of, { timeout: 5_000, checkAPI: false });
    await manager.streams.info(stream);
    try {
      await manager.consumers.info(stream, consumer);
    } catch (error) {
      if (!/consumer not found/i.test(ensureError(error).message)) throw error;
      await manager.consumers.add(stream, {
        durable_name: consumer,
        ack_policy: AckPolicy.Explicit,
        ack_wait: (ackWaitMs ?? 60_000) * 1_000_000,
        ...(subject === undefined ? {} : { filter_subject: subject }),
      });
    }
  }
}

function messageOf(message: JsMsg): FeedMessage {
  const { subject, info, headers } = message;
  return {
    id: `${info.stream}:${info.streamSequence}`,
    subject,
    data: dataOf(message),
    headers: headersOf(headers),
    delivered: info.deliveryCount,
    async done() {
      await message.ackAck();
    },
    later: (ms) => message.nak(ms),
    drop: (reason) => message.term(reason),
  };
}

/** JSON as what it says, other text as text, bytes that are no text as base64. */
function dataOf(message: JsMsg): Json {
  const bytes = Buffer.from(message.data);
  const text = bytes.toString("utf8");
  if (!Buffer.from(text, "utf8").equals(bytes)) return bytes.toString("base64");
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

function headersOf(headers: MsgHdrs | undefined): { [name: string]: string } {
  return Object.fromEntries((headers?.keys() ?? []).map((name) => [name, headers?.get(name) ?? ""]));
}
