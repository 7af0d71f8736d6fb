import type { Json, JsonObject } from "@noetl/core";
import type { BodySource } from "../api.ts";
import { NeedBody } from "../need-body.ts";
import { own } from "../own.ts";
import type { ResultRef } from "../types.ts";

/** Data of a result: here, or stored elsewhere and fetched when a template needs it (DSL §21.3). */
export interface Stored {
  /** the whole data; throws NeedBody */
  read(): Json;
  /** what is known of the data without fetching it */
  readonly summary: JsonObject | undefined;
  readonly ref: ResultRef | undefined;
}

export function inline(data: Json): Stored {
  return { read: () => data, summary: undefined, ref: undefined };
}

export function stored(ref: ResultRef, body: BodySource): Stored {
  return { read: () => fetched(ref.ref, body), summary: ref.extracted, ref };
}

export function fetched(ref: string, body: BodySource): Json {
  const data = body(ref);
  if (data === undefined) throw new NeedBody(ref);
  return data;
}

/** Is this key certainly not in the data? Only answered when it needs no fetching. */
export function surelyAbsent(summary: JsonObject, key: string): boolean {
  const keys = own(summary, "_keys");
  if (Array.isArray(keys)) return !keys.includes(key);
  return typeof own(summary, "_count") === "number";
}

/** `_ref`, `_store`, `_size_bytes`, `_preview` of a result stored elsewhere. */
export function referenceField(ref: ResultRef, key: string): Json | undefined {
  switch (key) {
    case "_ref":
      return ref.ref;
    case "_store":
      return ref.store;
    case "_size_bytes":
      return ref.meta.bytes;
    case "_preview":
      return ref.preview;
    default:
      return undefined;
  }
}

const LONGEST_FALSE = 64;

export function shortText(stored: Stored): string | undefined {
  if (stored.ref && stored.ref.meta.bytes > LONGEST_FALSE) return undefined;
  const data = stored.read();
  return typeof data === "string" ? data : undefined;
}
