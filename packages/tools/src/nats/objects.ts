import type { ObjectInfo, ObjectStore } from "@nats-io/obj";
import { NoetlError } from "@noetl/core";
import { type Context, contentOf, need, type Run } from "./context.ts";
import { decodePayload, encodePayload } from "./payload.ts";

export const objects = {
  object_put: async (context) => {
    const { bucket, name } = names(context);
    const { description } = context.config;
    const meta = { name, ...(description === undefined ? {} : { description }) };
    const { size, digest, mtime } = await (await open(context)).putBlob(meta, encodePayload(contentOf(context.config)));
    return { status: "success", bucket, name, size, digest, ...(mtime ? { mtime } : {}) };
  },
  object_get: async (context) => {
    const { bucket, name } = names(context);
    const bytes = await (await open(context)).getBlob(name);
    if (bytes === null) return { status: "not_found", bucket, name, data: null };
    return { status: "success", bucket, name, data: decodePayload(bytes), size: bytes.length };
  },
  object_delete: async (context) => {
    await (await open(context)).delete(names(context).name);
    return { status: "success", ...names(context) };
  },
  object_list: async (context) => {
    const infos = await (await open(context)).list();
    const found = infos.filter(({ deleted }) => !deleted).map(described);
    return { status: "success", bucket: need(context.config, "bucket"), objects: found, count: found.length };
  },
  object_info: async (context) => {
    const { bucket, name } = names(context);
    const info = await (await open(context)).info(name);
    if (info === null || info.deleted) return { status: "not_found", bucket, name };
    return { status: "success", bucket, ...described(info), digest: info.digest, mtime: info.mtime };
  },
} satisfies Record<string, Run>;

const described = ({ name, size, description, chunks }: ObjectInfo) => ({
  name,
  size,
  description: description ?? "",
  chunks,
});

function names({ config }: Context): { bucket: string; name: string } {
  const name = config.object ?? config.name ?? config.key;
  if (name !== undefined) return { bucket: need(config, "bucket"), name };
  throw new NoetlError("validation", "CONFIG_INVALID", `nats: operation ${config.operation} needs \`object\``);
}

async function open({ connection, config }: Context): Promise<ObjectStore> {
  const { Objm } = await import("@nats-io/obj");
  const manager = new Objm(connection);
  const bucket = need(config, "bucket");
  if (!config.create || config.operation !== "object_put") return manager.open(bucket);
  const nanoseconds = config.ttl === undefined ? {} : { ttl: config.ttl * 1e9 };
  return manager.create(bucket, nanoseconds);
}
