import type { Json, JsonObject } from "@noetl/core";
import { segments } from "./endpoint.ts";
import type { Request } from "./request.ts";
import { idOf, listOf, objectOf, textOf, timeOf } from "./shapes.ts";

export interface RemoteCredential {
  id: string | null;
  name: string;
  type: string;
  description: string | null;
  tags: string[];
  updated_at: string | null;
  /** only when it was asked for */
  data?: JsonObject;
}

export interface RemoteCredentials {
  put(record: JsonObject): Promise<RemoteCredential>;
  list(filter?: { type?: string; q?: string }): Promise<RemoteCredential[]>;
  get(name: string, options?: { reveal?: boolean; execution_id?: string }): Promise<RemoteCredential>;
  /** For one worker alone: the box as the server sent it (server-api §2.10). */
  sealed(name: string, asker: { worker_id: string; execution_id?: string }): Promise<Json>;
  delete(name: string): Promise<void>;
  /** Under a new key, where the server makes its own; else under the one it was given. Wants the internal token. */
  rotate(): Promise<{ rewrapped: number; renewed: boolean; current: string; stale: number }>;
}

export function credentials(request: Request): RemoteCredentials {
  return {
    put: async (record) => shape(await request("credentials", { method: "POST", body: record, idempotent: true })),
    list: async (filter = {}) => listOf(await request("credentials", { query: { ...filter } }), "items").map(shape),
    get: async (name, options = {}) =>
      shape(
        await request(`credentials/${segments(name)}`, {
          query: { include_data: options.reveal ?? false, execution_id: options.execution_id },
        }),
      ),
    sealed: (name, { worker_id, execution_id }) =>
      request(`credentials/${segments(name)}/sealed`, { query: { worker_id, execution_id } }),
    delete: async (name) => void (await request(`credentials/${segments(name)}`, { method: "DELETE" })),
    async rotate() {
      const done = objectOf(
        // Never asked twice: the first may still be at it.
        await request("internal/wallet/rotate-kek", { method: "POST", body: { fresh: true } }),
      );
      const { current, stale } = objectOf(await request("internal/wallet/key-status"));
      return {
        rewrapped: Number(done.rewrapped),
        renewed: done.renewed === true,
        current: String(current),
        stale: Number(stale),
      };
    },
  };
}

function shape(raw: Json): RemoteCredential {
  const body = objectOf(raw);
  const { data } = body;
  return {
    id: idOf(body.id),
    name: String(body.name ?? ""),
    type: String(body.type ?? body.credential_type ?? "generic"),
    description: textOf(body.description),
    tags: listOf(body.tags).map(String),
    updated_at: timeOf(body.updated_at),
    ...(data === undefined || data === null ? {} : { data: objectOf(data) }),
  };
}
