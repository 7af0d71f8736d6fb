import type { CatalogItem, Client } from "@noetl/client";
import { isNoetlError, NoetlError } from "@noetl/core";
import { nearest } from "@noetl/sdk";
import { type PlaybookReference, referenceText } from "../executions/reference.ts";

/** A row of a listing: everything but the text. */
export interface EntryRow {
  path: string;
  version: number | null;
  kind: string;
  catalog_id: string | null;
  created_at: string | null;
}

export function entryRow({ path, version, kind, catalog_id, created_at }: CatalogItem): EntryRow {
  return { path, version, kind, catalog_id, created_at };
}

/** Meaning `not_found`, with the path that was probably meant. */
export async function entryOf(client: Client, reference: PlaybookReference): Promise<CatalogItem> {
  try {
    return await client.catalog.get(reference);
  } catch (error) {
    if (!isNoetlError(error) || error.meaning !== "not_found") throw error;
    throw new NoetlError("not_found", "CATALOG_NOT_FOUND", `the catalog has no '${referenceText(reference)}'`, {
      cause: error,
      hint: (await meantHint(client, reference)) ?? "noetl catalog list shows what it has",
    });
  }
}

/** What was probably meant by a reference that names nothing. */
export async function meantHint(client: Client, reference: PlaybookReference): Promise<string | undefined> {
  if (!("path" in reference)) return undefined;
  const meant = await similar(client, reference.path);
  if (meant !== reference.path) return meant === undefined ? undefined : `did you mean '${meant}'?`;
  return `it has other versions: noetl catalog list --all-versions --path ${meant}`;
}

async function similar(client: Client, path: string): Promise<string | undefined> {
  try {
    const items = await client.catalog.list({ latest_only: true });
    return nearest(
      path,
      items.map((item) => item.path),
    );
  } catch (error) {
    // What went wrong before is what is told; this would only have helped.
    if (isNoetlError(error)) return undefined;
    throw error;
  }
}

/** The newest version of every path, in the order of the paths. */
export function newestOf(items: readonly CatalogItem[]): CatalogItem[] {
  const newest = new Map<string, CatalogItem>();
  for (const item of items) {
    const known = newest.get(item.path);
    if (!known || (item.version ?? 0) > (known.version ?? 0)) newest.set(item.path, item);
  }
  return [...newest.values()].sort(byPath);
}

export function byPath(a: CatalogItem, b: CatalogItem): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return (b.version ?? 0) - (a.version ?? 0);
}
