import { NoetlError } from "@noetl/core";
import type { StoredObject } from "@noetl/store";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { bytesOf, sendBytes } from "../http/bytes.ts";
import { type Route, route } from "../http/route.ts";
import { timeOf } from "../wire/times.ts";

/** Printable, without blanks: keys go into addresses and logs. */
const key = z.string().regex(/^[\x21-\x7e]{1,1000}$/, "a key is 1 to 1000 printable characters without blanks");
const byKey = z.object({ "*": key });

/** Bytes that workers share (server-api §2.18). */
export function objectRoutes({ store, config, metrics }: ServerContext): Route[] {
  const guard = "internal" as const;
  const counted = <T>(op: string, found: T) => {
    metrics.objectOps.inc({ op, outcome: found ? "ok" : "not_found" });
    return found;
  };
  return [
    route("PUT", "/api/internal/objects/*", {
      tag: "internal",
      summary: "Keep bytes under a key; the same key replaces them",
      guard,
      raw: true,
      bodyLimit: config.resultLimit,
      params: byKey,
      async handle({ params, request }) {
        const { body, mediaType } = bytesOf(request);
        return objectWire(counted("put", await store.objects.put(keyOf(params["*"]), body, mediaType)));
      },
    }),
    route("GET", "/api/internal/objects", {
      tag: "internal",
      summary: "Keys that start with `prefix`",
      guard,
      query: z.object({ prefix: z.string().default("") }),
      async handle({ query }) {
        const found = await store.objects.list(keyOf(query.prefix));
        return { objects: found.map(objectWire), count: found.length };
      },
    }),
    route("GET", "/api/internal/objects/*", {
      tag: "internal",
      summary: "The bytes as they were put",
      guard,
      params: byKey,
      async handle({ params, reply }) {
        const found = counted("get", await store.objects.get(keyOf(params["*"])));
        if (!found) throw unknown(params["*"]);
        return sendBytes(reply, found);
      },
    }),
    route("DELETE", "/api/internal/objects/*", {
      tag: "internal",
      summary: "Forget them",
      guard,
      params: byKey,
      async handle({ params }) {
        const deleted = counted("delete", await store.objects.delete(keyOf(params["*"])));
        return { key: params["*"], deleted };
      },
    }),
  ];
}

const SHELF = "objects/";
const keyOf = (name: string): string => `${SHELF}${name}`;

function objectWire({ key: stored, media_type, bytes, sha256, updated_at }: StoredObject) {
  return { key: stored.slice(SHELF.length), media_type, bytes, sha256, updated_at: timeOf(updated_at) };
}

function unknown(name: string): NoetlError {
  return new NoetlError("not_found", "OBJECT_NOT_FOUND", `object not found: ${name}`);
}
