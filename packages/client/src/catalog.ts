import type { Json, JsonObject } from "@noetl/core";
import { segments } from "./endpoint.ts";
import type { Request } from "./request.ts";
import { idOf, listOf, objectOf, textOf, timeOf } from "./shapes.ts";

export interface CatalogItem {
  catalog_id: string | null;
  path: string;
  kind: string;
  version: number | null;
  content: string | null;
  created_at: string | null;
  raw: JsonObject;
}

export interface Catalog {
  register(content: string, resourceType?: string): Promise<CatalogItem & { message: string | null }>;
  /** Newest first. `kind` in any case, also where the server compares exactly. */
  list(filter?: { kind?: string; path?: string; latest_only?: boolean; limit?: number }): Promise<CatalogItem[]>;
  get(key: { path: string; version?: string | number } | { catalog_id: string }): Promise<CatalogItem>;
  /** Distinct paths; empty on servers without that route. */
  paths(kind: string): Promise<string[]>;
  delete(path: string, version?: number): Promise<{ count: number; message: string | null }>;
}

export function catalog(request: Request): Catalog {
  return {
    async register(content, resourceType = "Playbook") {
      // As base64: one generation takes plain text that could be base64 for it.
      const body = { content: Buffer.from(content, "utf8").toString("base64"), resource_type: resourceType };
      const raw = await request("catalog/register", { method: "POST", body });
      return { ...item(raw), message: textOf(objectOf(raw).message) };
    },
    async list({ kind, ...filter } = {}) {
      const listed = async (word: string | undefined) => {
        const body = { ...filter, ...(word === undefined ? {} : { resource_type: word }) };
        const raw = await request("catalog/list", { method: "POST", body, idempotent: true });
        return listOf(raw, "entries", "items").map(item);
      };
      if (kind === undefined) return listed(undefined);
      const lower = kind.toLowerCase();
      const found = await listed(lower);
      // Stored in one case or the other, and compared exactly by some (cli §4.3.4).
      return found.length > 0 ? found : listed(lower.charAt(0).toUpperCase() + lower.slice(1));
    },
    async get(key) {
      const body = "path" in key ? { path: key.path, version: key.version ?? "latest" } : key;
      return item(await request("catalog/resource", { method: "POST", body, idempotent: true }));
    },
    async paths(kind) {
      const raw = await request(`catalog/list/${segments(kind)}`);
      return Array.isArray(raw) ? raw.map(String) : Object.keys(objectOf(raw));
    },
    async delete(path, version) {
      const body = objectOf(
        await request("catalog/delete", {
          method: "POST",
          body: { path, ...(version === undefined ? {} : { version }) },
          idempotent: true,
        }),
      );
      return { count: Number(body.count ?? 0), message: textOf(body.message) };
    },
  };
}

function item(raw: Json): CatalogItem {
  const body = objectOf(raw);
  const version = Number(body.version);
  return {
    catalog_id: idOf(body.catalog_id),
    path: String(body.path ?? ""),
    kind: String(body.kind ?? body.resource_type ?? "").toLowerCase(),
    version: Number.isFinite(version) ? version : null,
    content: textOf(body.content),
    created_at: timeOf(body.created_at),
    raw: body,
  };
}
