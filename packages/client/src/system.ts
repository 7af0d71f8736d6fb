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

export interface System {
  health(options?: { timeoutMs?: number }): Promise<Health>;
  workers(): Promise<RemoteWorker[]>;
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
