import type { Json, JsonObject } from "@noetl/core";

export interface CatalogEntry {
  catalog_id: string;
  path: string;
  /** lower case: playbook, agent, notebook … */
  kind: string;
  /** from 1, grows by one per path */
  version: number;
  content: string | null;
  layout: JsonObject | null;
  payload: Json;
  meta: JsonObject;
  created_at: number;
  archived_at: number | null;
}

export interface Catalog {
  /** Every registration is a new version, also of identical text; concurrent ones get different versions (server-api §2.4). */
  register(input: {
    path: string;
    kind: string;
    content: string;
    layout?: JsonObject | null;
    payload?: Json;
    meta?: JsonObject;
  }): Promise<CatalogEntry>;
  /** Without version: the latest that is not archived. */
  get(key: { catalog_id: string } | { path: string; version?: number }): Promise<CatalogEntry | undefined>;
  /** Newest first; `cursor` is the last catalog_id of the page before. */
  list(filter?: {
    kind?: string;
    path?: string;
    latestOnly?: boolean;
    includeArchived?: boolean;
    limit?: number;
    cursor?: string;
  }): Promise<CatalogEntry[]>;
  /** Distinct paths, sorted. */
  paths(kind?: string): Promise<string[]>;
  /** Removes; a version that executions refer to is archived instead. Nothing to remove is no error. */
  delete(path: string, version?: number): Promise<{ catalog_id: string; version: number; archived: boolean }[]>;
  /** Takes archived versions back. */
  restore(path: string, version?: number): Promise<{ catalog_id: string; version: number }[]>;
}
