import type { ConsumerConfig, JetStreamManager, StreamConfig } from "@nats-io/jetstream";
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { COMMANDS, EVENTS, token } from "../hint.ts";

export interface Names {
  /** command stream, default NOETL_COMMANDS */
  stream: string;
  /** prefix of durable consumers, default noetl_worker_pool */
  consumer: string;
}

const NOT_FOUND = [10059, 10014];

export function isMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError && NOT_FOUND.includes(error.code);
}

/** Streams of server-api §6.1. An existing one keeps its settings; its subjects are widened when too narrow. */
export async function ensureStreams(manager: JetStreamManager, names: Names): Promise<void> {
  await ensureStream(manager, {
    name: names.stream,
    subjects: [COMMANDS, `${COMMANDS}.>`],
    storage: StorageType.Memory,
    max_age: nanos(3_600_000),
  });
  await ensureStream(manager, {
    name: "NOETL_EVENTS",
    subjects: [`${EVENTS}.>`],
    storage: StorageType.File,
    max_age: nanos(86_400_000),
    duplicate_window: nanos(120_000),
  });
}

async function ensureStream(
  manager: JetStreamManager,
  config: Partial<StreamConfig> & { name: string; subjects: string[] },
): Promise<void> {
  const { name, subjects } = config;
  try {
    const { config: existing } = await manager.streams.info(name);
    const missing = subjects.filter((subject) => !existing.subjects.includes(subject));
    // The broker refuses subjects that overlap within a stream.
    const kept = existing.subjects.filter((subject) => !missing.some((wide) => covers(wide, subject)));
    if (missing.length > 0) await manager.streams.update(name, { subjects: [...kept, ...missing] });
  } catch (error) {
    if (!isMissing(error)) throw error;
    // Limits, not a work queue: that would refuse the consumers of older workers.
    await manager.streams.add({ ...config, retention: RetentionPolicy.Limits, discard: DiscardPolicy.Old });
  }
}

const covers = (wide: string, subject: string): boolean => wide.endsWith(".>") && subject.startsWith(wide.slice(0, -1));

/** Durable name and filter of a pool (worker-and-tools §3.1). */
export function consumerOf(pool: string, names: Names): { durable: string; filter: string } {
  if (pool === "legacy") return { durable: names.consumer, filter: COMMANDS };
  return { durable: `${names.consumer}_${token(pool)}`, filter: `${COMMANDS}.${token(pool)}.>` };
}

/**
 * Made when missing; an existing one is updated in place, which keeps its backlog. Only another filter needs a new one:
 * server 2.9 then stops delivering. With `DeliverPolicy.All` that repeats hints of the last hour, and loses none.
 */
export async function ensureConsumer(
  manager: JetStreamManager,
  names: Names,
  pool: string,
  settings: { ackWaitMs: number; maxAckPending: number },
): Promise<string> {
  const { durable, filter } = consumerOf(pool, names);
  const wanted = { ack_wait: nanos(settings.ackWaitMs), max_ack_pending: settings.maxAckPending, max_deliver: 1_000 };
  const existing = await find(manager, names.stream, durable);
  if (existing?.filter_subject === filter) {
    const same = Object.entries(wanted).every(([key, value]) => existing[key as keyof ConsumerConfig] === value);
    if (!same) await manager.consumers.update(names.stream, durable, wanted);
    return durable;
  }
  if (existing) await manager.consumers.delete(names.stream, durable);
  await manager.consumers.add(names.stream, {
    ...wanted,
    durable_name: durable,
    filter_subject: filter,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
  });
  return durable;
}

async function find(manager: JetStreamManager, stream: string, durable: string): Promise<ConsumerConfig | undefined> {
  try {
    return (await manager.consumers.info(stream, durable)).config;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
