import type { KV } from "@nats-io/kv";
import { type Context, need, type Run } from "./context.ts";
import { decodePayload, encodePayload } from "./payload.ts";

export const keyValue = {
  kv_get: async (context) => {
    const { bucket, key } = names(context);
    const entry = await (await open(context)).get(key);
    if (entry === null || entry.operation !== "PUT") return { status: "not_found", bucket, key, value: null };
    const { revision, created, value } = entry;
    return { status: "success", bucket, key, value: decodePayload(value), revision, created: created.toISOString() };
  },
  kv_put: async (context) => {
    const { bucket, key } = names(context);
    const revision = await (await open(context)).put(key, encodePayload(context.config.value ?? context.config.data));
    return { status: "success", bucket, key, revision };
  },
  kv_delete: async (context) => {
    await (await open(context)).delete(names(context).key);
    return { status: "success", ...names(context) };
  },
  kv_purge: async (context) => {
    await (await open(context)).purge(names(context).key);
    return { status: "success", ...names(context) };
  },
  kv_keys: async (context) => {
    const keys: string[] = [];
    for await (const key of await (await open(context)).keys(context.config.pattern)) keys.push(key);
    return { status: "success", bucket: need(context.config, "bucket"), keys: keys.sort(), count: keys.length };
  },
} satisfies Record<string, Run>;

const names = ({ config }: Context) => ({ bucket: need(config, "bucket"), key: need(config, "key") });

async function open({ connection, config }: Context): Promise<KV> {
  const { Kvm } = await import("@nats-io/kv");
  const manager = new Kvm(connection);
  const bucket = need(config, "bucket");
  if (config.create && config.operation === "kv_put") {
    return manager.create(bucket, config.ttl === undefined ? {} : { ttl: config.ttl * 1_000 });
  }
  const store = await manager.open(bucket);
  // Opening alone does not ask whether the bucket is there; a write to a missing one would only time out.
  await store.status();
  return store;
}
