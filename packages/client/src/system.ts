import type { Json, JsonObject } from "@noetl/core";
import { lacksRoute } from "./lacks-route.ts";
import type { Request } from "./request.ts";
import { idOf, listOf, objectOf, textOf, timeOf } from "./shapes.ts";

export interface Health {
  status: string;
  version: string | null;
  database: string | null;
  nats: string | null;
  raw: Json;
}

export interface RemoteWorker {
  runtime_id: string | null;
  name: string;
  status: string;
  pool: string | null;
  capacity: number | null;
  heartbeat: string | null;
  raw: JsonObject;
}

/** What waits for workers of a pool, and what they hold. */
export interface QueueDepth {
  pool: string;
  pending: number;
  running: number;
}

export interface System {
  health(options?: { timeoutMs?: number }): Promise<Health>;
  workers(): Promise<RemoteWorker[]>;
  /** A row a pool that has something to do; undefined on servers that do not tell. */
  queues(): Promise<QueueDepth[] | undefined>;
  /** Load of the machine and the process; empty on servers without that route. */
  load(): Promise<JsonObject>;
}

export function system(request: Request): System {
  return {
    async health(options = {}) {
      const raw = await request("health", { timeoutMs: options.timeoutMs ?? 5_000, idempotent: false });
      const body = objectOf(raw);
      return {
        status: String(body.status ?? "ok"),
        version: textOf(body.version),
        database: textOf(body.database),
        nats: textOf(body.nats),
        raw,
      };
    },
    async workers() {
      return listOf(await request("worker/pools"), "items").map(worker);
    },
    async queues() {
      const { queues } = objectOf(await request("worker/pools"));
      if (!Array.isArray(queues)) return undefined;
      return queues.map(objectOf).map(({ pool, pending, running }) => ({
        pool: String(pool ?? ""),
        pending: Number(pending ?? 0),
        running: Number(running ?? 0),
      }));
    },
    async load() {
      try {
        return objectOf(await request("status"));
      } catch (error) {
        if (!lacksRoute(error)) throw error;
        return {};
      }
    },
  };
}

function worker(raw: Json): RemoteWorker {
  const body = objectOf(raw);
  return {
    runtime_id: idOf(body.runtime_id),
    name: String(body.name ?? ""),
    status: String(body.status ?? ""),
    pool: textOf(objectOf(body.labels).pool_name),
    capacity: typeof body.capacity === "number" ? body.capacity : null,
    heartbeat: timeOf(body.heartbeat),
    raw: body,
  };
}
