import type { JsMsg, StoredMsg } from "@nats-io/jetstream";
import { type Json, type JsonObject, NoetlError } from "@noetl/core";
import { type Context, contentOf, messageHeaders, need, type Run } from "./context.ts";
import { decodePayload, encodePayload, headersOf } from "./payload.ts";

const CONSUME_MS = 1_000;
const BATCH = 100;
/** The least that a server accepts as the life of a fetch. */
const LEAST_EXPIRES_MS = 1_000;

export const streams = {
  js_publish: async (context) => {
    const { config, connection } = context;
    const { jetstream } = await import("@nats-io/jetstream");
    const headers = await messageHeaders(config);
    const { stream, seq, duplicate } = await jetstream(connection).publish(
      need(config, "subject"),
      encodePayload(contentOf(config)),
      {
        ...(headers === undefined ? {} : { headers }),
        ...(config.msg_id === undefined ? {} : { msgID: config.msg_id }),
      },
    );
    return { status: "success", stream, seq, duplicate };
  },
  js_consume: async (context) => {
    const messages = await consume(context);
    return { status: "success", stream: need(context.config, "stream"), messages, count: messages.length };
  },
  js_get_msg: async ({ config, connection }) => {
    const { jetstreamManager } = await import("@nats-io/jetstream");
    const stream = need(config, "stream");
    const manager = await jetstreamManager(connection, { checkAPI: false });
    const wanted = config.seq === undefined ? { last_by_subj: need(config, "subject") } : { seq: config.seq };
    const message: StoredMsg | null = await manager.streams.getMessage(stream, wanted);
    if (message === null) return { status: "not_found", stream, data: null };
    const { subject, seq, data, time, header } = message;
    return {
      status: "success",
      stream,
      subject,
      data: decodePayload(data),
      seq,
      time: time.toISOString(),
      headers: headersOf(header),
    };
  },
  js_stream_info: async ({ config, connection }) => {
    const { jetstreamManager } = await import("@nats-io/jetstream");
    const manager = await jetstreamManager(connection, { checkAPI: false });
    return asJson(await manager.streams.info(need(config, "stream")));
  },
} satisfies Record<string, Run>;

/**
 * What waits for the consumer, at most `batch`; when nothing does, the first message to come within the time. Never asks for
 * more than there is: a request that is given up goes on at the server, and what it is given then is lost until it is
 * redelivered. Messages are acknowledged once they are all here, unless `ack: false`.
 */
async function consume({ config, connection, signal }: Context): Promise<Json[]> {
  const { jetstream } = await import("@nats-io/jetstream");
  if (config.create) await createConsumer(config, connection);
  const consumer = await jetstream(connection).consumers.get(need(config, "stream"), need(config, "consumer"));
  const { num_pending: waiting } = await consumer.info();
  const batch = await consumer.fetch({
    max_messages: Math.max(1, Math.min(config.batch ?? BATCH, waiting)),
    expires: Math.max(config.timeout_ms ?? CONSUME_MS, LEAST_EXPIRES_MS),
  });
  const stop = () => batch.stop();
  signal.addEventListener("abort", stop, { once: true });
  const messages: JsMsg[] = [];
  for await (const message of batch) messages.push(message);
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
  if (config.ack ?? true) await Promise.all(messages.map((message) => message.ackAck()));
  return messages.map(described);
}

async function createConsumer(config: Context["config"], connection: Context["connection"]): Promise<void> {
  const { AckPolicy, jetstreamManager } = await import("@nats-io/jetstream");
  const manager = await jetstreamManager(connection, { checkAPI: false });
  await manager.consumers.add(need(config, "stream"), {
    durable_name: need(config, "consumer"),
    ack_policy: AckPolicy.Explicit,
    ...(config.subject === undefined ? {} : { filter_subject: config.subject }),
  });
}

function described(message: JsMsg): JsonObject {
  const { subject, data, headers, info } = message;
  return {
    subject,
    stream_seq: info.streamSequence,
    consumer_seq: info.deliverySequence,
    delivered: info.deliveryCount,
    pending: info.pending,
    data: decodePayload(data),
    headers: headersOf(headers),
  };
}

function asJson(value: unknown): JsonObject {
  const json: unknown = JSON.parse(JSON.stringify(value));
  if (typeof json === "object" && json !== null) return json as JsonObject;
  throw new NoetlError("internal", "NATS_ANSWER", "the server's answer is not an object");
}
