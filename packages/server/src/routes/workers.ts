import { isObject, type Json, type JsonObject, NoetlError } from "@noetl/core";
import type { Runtime } from "@noetl/store";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { object } from "../http/schemas.ts";
import { timeOf } from "../wire/times.ts";

const KINDS = ["worker_pool", "server_api", "broker"] as const;
const kind = z.enum(KINDS);

const registration = z.object({
  name: z.string().min(1),
  component_type: kind.nullish(),
  kind: kind.nullish(),
  runtime: z.union([z.string(), object]).nullish(),
  uri: z.string().nullish(),
  base_url: z.string().nullish(),
  status: z.string().nullish(),
  capacity: z.number().int().nullish(),
  labels: object.nullish(),
  capabilities: z.unknown().optional(),
  pid: z.number().int().nullish(),
  hostname: z.string().nullish(),
  meta: object.nullish(),
});

type Registration = z.infer<typeof registration>;

/** server-api §2.9 */
export function workerRoutes(context: ServerContext): Route[] {
  const { store, config, metrics } = context;

  async function register(body: Registration): Promise<Runtime> {
    return store.runtimes.register({
      name: body.name,
      kind: body.component_type ?? body.kind ?? "worker_pool",
      uri: body.uri ?? body.base_url ?? null,
      // Older workers say `active`; the claim policy knows `ready`.
      status: body.status === "active" || !body.status ? "ready" : body.status,
      labels: body.labels ?? null,
      capabilities: (body.capabilities ?? null) as Json,
      runtime: runtimeOf(body),
      capacity: body.capacity ?? null,
    });
  }

  const byName = z.object({ name: z.string().min(1), component_type: kind.nullish(), kind: kind.nullish() });

  return [
    route("POST", "/api/worker/pool/register", {
      tag: "workers",
      summary: "A worker says that it is there",
      body: registration,
      async handle({ body }) {
        const row = await register(body);
        metrics.writes.inc({ endpoint: "runtime_register", status: "ok" });
        return { ...runtimeWire(row), status: "ok", worker_status: row.status };
      },
    }),
    route("POST", "/api/worker/pool/heartbeat", {
      tag: "workers",
      summary: "A worker says that it is still there",
      body: byName.extend({ registration: registration.partial().nullish() }),
      async handle({ body, reply }) {
        const component = body.component_type ?? body.kind ?? "worker_pool";
        const row = await store.runtimes.heartbeat(component, body.name);
        metrics.writes.inc({ endpoint: "runtime_heartbeat", status: row ? "ok" : "unknown" });
        if (row) return { status: "ok", name: row.name, runtime_id: row.runtime_id };
        if (!config.autoRecreateRuntime) {
          const after = config.heartbeatRetryAfterSeconds;
          reply.header("retry-after", String(after));
          throw new NoetlError("not_found", "WORKER_UNKNOWN", `no worker '${body.name}' is registered`, {
            data: { status: "unknown", name: body.name },
            after,
          });
        }
        const made = await register({ component_type: component, ...body.registration, name: body.name });
        return { status: "recreated", name: made.name, runtime_id: made.runtime_id };
      },
    }),
    route(["POST", "DELETE"], "/api/worker/pool/deregister", {
      tag: "workers",
      summary: "A worker leaves",
      body: byName,
      async handle({ body }) {
        await store.runtimes.deregister(body.component_type ?? body.kind ?? "worker_pool", body.name);
        return { status: "ok", name: body.name, deregistered: true };
      },
    }),
    route("GET", "/api/worker/pools", {
      tag: "workers",
      summary: "Who is registered, and what waits for them",
      query: z.object({ runtime: z.string().optional(), status: z.string().optional() }),
      async handle({ query }) {
        const rows = await store.runtimes.list({
          kind: "worker_pool",
          ...(query.status === undefined ? {} : { status: query.status }),
        });
        const wanted = query.runtime;
        const items = rows
          .filter((row) => wanted === undefined || row.runtime?.type === wanted || row.runtime?.kind === wanted)
          .map(runtimeWire);
        const queues = await store.commands.depth();
        const asked = { runtime: wanted ?? null, status: query.status ?? null };
        return { items, count: items.length, queues, ...asked, error: null };
      },
    }),
  ];
}

/** A text becomes `{type}`; whatever else is in it stays, the public key of a worker above all. */
function runtimeOf({ runtime, pid, hostname, meta }: Registration): JsonObject {
  const own = typeof runtime === "string" ? { type: runtime } : isObject(runtime) ? (runtime as JsonObject) : {};
  return {
    ...own,
    ...(pid ? { pid } : {}),
    ...(hostname ? { hostname } : {}),
    ...(meta && Object.keys(meta).length > 0 ? { meta } : {}),
  };
}

export function runtimeWire(row: Runtime) {
  return {
    ...row,
    heartbeat: timeOf(row.heartbeat),
    created_at: timeOf(row.created_at),
    updated_at: timeOf(row.updated_at),
  };
}
