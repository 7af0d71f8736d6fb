import { type JetStreamClient, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { type ConnectionOptions, connect, headers, type NatsConnection } from "@nats-io/transport-node";
import { type Clock, ensureError, NoetlError, systemClock } from "@noetl/core";
import type { Bus, Subscription } from "../bus.ts";
import { encodeHint, isCommandSubject, subjectOf, toHint, token } from "../hint.ts";
import { consumerOf, ensureStreams, type Names } from "./streams.ts";
import { pull } from "./subscription.ts";

export interface NatsOptions {
  /** nats://[user:password@]host:port, several separated by commas */
  url: string;
  user?: string;
  password?: string;
  token?: string;
  stream?: string;
  consumer?: string;
  /** default 60 s; extended while a handler runs */
  ackWaitMs?: number;
  maxAckPending?: number;
  /** how long an empty fetch waits at the broker, default 10 s */
  fetchMs?: number;
  clock?: Clock;
}

/** Wake-ups through NATS JetStream (server-api §6, worker-and-tools §3). Makes the streams when they are missing. */
export async function openNatsBus(options: NatsOptions): Promise<Bus> {
  const names: Names = {
    stream: options.stream ?? "NOETL_COMMANDS",
    consumer: options.consumer ?? "noetl_worker_pool",
  };
  const connection = await open(options);
  const client = jetstream(connection, { timeout: 5_000 });
  const manager = await jetstreamManager(connection, { timeout: 5_000, checkAPI: false });
  try {
    await ensureStreams(manager, names);
  } catch (error) {
    await connection.close();
    throw unreachable(error);
  }
  const subscriptions = new Set<Subscription>();
  const pools = new Set<string>();
  const settings = {
    names,
    clock: options.clock ?? systemClock,
    ackWaitMs: options.ackWaitMs ?? 60_000,
    maxAckPending: options.maxAckPending ?? 1_000,
    // The client refuses less than a second.
    fetchMs: Math.max(1_000, options.fetchMs ?? 10_000),
  };

  return {
    publish: (hint) => send(client, subjectOf(hint), encodeHint(hint)),
    async forward({ subject, payload, id }) {
      // Outside of our streams nobody keeps it: for whoever listens now.
      if (!subject.startsWith("noetl.")) return connection.publish(subject, JSON.stringify(payload));
      // No message id on commands: the reaper sends one again, and the broker must not take it for a duplicate.
      return isCommandSubject(subject)
        ? send(client, subject, encodeHint(toHint(payload, subject)))
        : send(client, subject, JSON.stringify(payload), id, typeOf(payload));
    },
    async subscribe(wanted, handler, more = {}) {
      const own = wanted.map((pool) => {
        pools.add(pool);
        return pull(client, manager, pool, handler, { ...settings, ...more });
      });
      const subscription = { close: () => closeAll(own, subscriptions) };
      for (const each of own) subscriptions.add(each);
      return subscription;
    },
    async announce(topic, payload) {
      connection.publish(`noetl.control.${topicSubject(topic)}`, JSON.stringify(payload));
    },
    async listen(topic, handler) {
      const subscription = connection.subscribe(`noetl.control.${topicSubject(topic)}`, {
        callback: (error, message) => {
          if (!error) handler(JSON.parse(message.string()));
        },
      });
      await connection.flush();
      return { close: async () => subscription.unsubscribe() };
    },
    async depth() {
      const found = [];
      for await (const info of manager.consumers.list(names.stream)) {
        const pool = [...pools].find((each) => consumerOf(each, names).durable === info.name);
        const fallback = info.name.startsWith(`${names.consumer}_`)
          ? info.name.slice(names.consumer.length + 1)
          : undefined;
        const name = pool ?? fallback;
        if (name !== undefined) found.push({ pool: name, waiting: info.num_pending, in_flight: info.num_ack_pending });
      }
      return found;
    },
    async close() {
      await closeAll([...subscriptions], subscriptions);
      await leave(connection);
    },
  };
}

export async function open(options: NatsOptions): Promise<NatsConnection> {
  const { servers, ...found } = parseUrl(options.url);
  const { user = found.user, password = found.password, token: secret } = options;
  const config: ConnectionOptions = {
    servers,
    name: "noetl",
    timeout: 5_000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    // Else two errors with their stacks are made for each message, in case it fails.
    noAsyncTraces: true,
    ...(user === undefined ? {} : { user, pass: password ?? "" }),
    ...(secret === undefined ? {} : { token: secret }),
  };
  try {
    return await connect(config);
  } catch (error) {
    throw unreachable(error);
  }
}

/** What is on its way still arrives; a broker that is gone, or silent for so long (ms), is not waited for. */
export async function leave(connection: NatsConnection, patience = 5_000): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patience);
  });
  // Left open, the connection would look for its broker for ever, and no process with it would end.
  const drained = connection.drain().catch(() => undefined);
  await Promise.race([drained, silence]);
  clearTimeout(timer);
  await connection.close();
}

/** The client takes no credentials in an address. */
function parseUrl(text: string): { servers: string[]; user?: string; password?: string } {
  let access: { user?: string; password?: string } = {};
  const servers = text.split(",").map((item) => {
    const match = /^((?:nats|tls):\/\/)?(?:([^:@/]*)(?::([^@/]*))?@)?(.+)$/.exec(item.trim());
    const [, scheme = "", user, password, host = item] = match ?? [];
    if (user) access = { user: decodeURIComponent(user), password: decodeURIComponent(password ?? "") };
    return `${scheme}${host}`;
  });
  return { servers, ...access };
}

async function send(client: JetStreamClient, subject: string, text: string, id?: string, type?: string): Promise<void> {
  const more = headers();
  if (type !== undefined) more.set("Noetl-Event-Type", type);
  try {
    await client.publish(subject, text, { headers: more, retries: 1, ...(id === undefined ? {} : { msgID: id }) });
  } catch (error) {
    throw unreachable(error);
  }
}

function typeOf(payload: unknown): string | undefined {
  const type =
    typeof payload === "object" && payload !== null && "event_type" in payload ? payload.event_type : undefined;
  return typeof type === "string" ? type : undefined;
}

const topicSubject = (topic: string): string => topic.split(".").map(token).join(".");

async function closeAll(which: Subscription[], all: Set<Subscription>): Promise<void> {
  await Promise.all(which.map((each) => each.close()));
  for (const each of which) all.delete(each);
}

export function unreachable(error: unknown): NoetlError {
  const cause = ensureError(error);
  if (/authorization|authentication/i.test(`${cause.name} ${cause.message}`)) {
    return new NoetlError("auth", "BUS_AUTH", `NATS: ${cause.message}`, {
      cause,
      hint: "check NATS_USER and NATS_PASSWORD",
    });
  }
  return new NoetlError("unavailable", "BUS_UNREACHABLE", `NATS: ${cause.message || cause.name}`, {
    cause,
    after: 2,
    hint: "check that NATS runs with JetStream and that NATS_URL is right",
  });
}
