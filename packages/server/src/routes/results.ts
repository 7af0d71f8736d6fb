import { NoetlError } from "@noetl/core";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { id, json } from "../http/schemas.ts";
import { seconds } from "../wire/ttl.ts";

const SCOPES = ["step", "execution", "workflow", "permanent"];
const STORES = ["auto", "memory", "kv", "disk", "object", "s3", "gcs", "db", "duckdb", "eventlog"];

/** server-api §2.13 */
export function resultRoutes(context: ServerContext): Route[] {
  const { store, config, metrics } = context;
  return [
    route("PUT", "/api/result/:execution_id", {
      tag: "results",
      summary: "Store a result that is too large for an event",
      params: z.object({ execution_id: id }),
      bodyLimit: config.resultLimit,
      body: z.object({
        name: z.string().min(1),
        data: json,
        scope: z.string().default("execution"),
        source_step: z.string().nullish(),
        store: z.string().nullish(),
        ttl: z.union([z.string(), z.number()]).nullish(),
      }),
      async handle({ params, body }) {
        const stop = metrics.resultPutSeconds.startTimer();
        if (!SCOPES.includes(body.scope)) throw bad(`scope '${body.scope}' is none of ${SCOPES.join(", ")}`);
        if (body.store && !STORES.includes(body.store))
          throw bad(`store '${body.store}' is none of ${STORES.join(", ")}`);
        const ttl = seconds(body.ttl);
        const ref = await store.results.put({
          execution_id: params.execution_id,
          step: body.name,
          body: body.data,
          scope: body.scope,
          ...(body.store ? { store: body.store } : {}),
          ...(ttl === undefined ? {} : { ttl }),
        });
        metrics.resultPuts.inc({ status: "ok" });
        stop();
        return { ...ref, bytes: ref.meta.bytes, sha256: ref.meta.sha256 };
      },
    }),
    route("GET", "/api/result/resolve", {
      tag: "results",
      summary: "The stored JSON itself",
      query: z.object({ ref: z.string() }),
      async handle({ query }) {
        if (!/^noetl:\/\/\S+$/.test(query.ref)) throw bad(`not a result reference: ${query.ref}`);
        const stop = metrics.resultResolveSeconds.startTimer();
        const body = await store.results.get(query.ref);
        metrics.resultResolves.inc({ status: "ok" });
        stop();
        return body;
      },
    }),
  ];
}

function bad(message: string): NoetlError {
  return new NoetlError("validation", "BAD_REQUEST", message);
}
