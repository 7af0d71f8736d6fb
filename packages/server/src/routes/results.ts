import { type Json, type JsonObject, NoetlError } from "@noetl/core";
import type { StoredResult } from "@noetl/store";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { flag, id, json } from "../http/schemas.ts";
import { timeOf } from "../wire/times.ts";
import { seconds } from "../wire/ttl.ts";

const SCOPES = ["step", "execution", "workflow", "permanent"];
const STORES = ["auto", "memory", "kv", "disk", "object", "s3", "gcs", "db", "duckdb", "eventlog"];

/** server-api §2.13, §2.18: the same family under both names. */
export function resultRoutes(context: ServerContext): Route[] {
  return [...family(context, "/api/result"), ...family(context, "/api/temp")];
}

function family(context: ServerContext, base: string): Route[] {
  const { store, config, metrics, runs } = context;
  const tag = "results";
  const byRun = z.object({ execution_id: id });
  const byStep = z.object({ execution_id: id, step: z.string().min(1) });

  /** What a run of ours knows of a step; nothing for a run of another control plane. */
  async function recordOf(executionId: string, step: string) {
    if (!(await store.executions.get(executionId))) return undefined;
    const { run } = await runs.get(executionId);
    return run.view().steps.find((each) => each.step === step)?.record;
  }

  return [
    route("PUT", `${base}/:execution_id`, {
      tag,
      summary: "Store a result that is too large for an event",
      params: byRun,
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
    route("GET", `${base}/resolve`, {
      tag,
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
    route("GET", `${base}/stats`, {
      tag,
      summary: "How much is stored, by store and scope",
      async handle() {
        const groups = await store.results.stats();
        const sum = (key: "store" | "scope") =>
          Object.fromEntries(
            [...new Set(groups.map((group) => group[key]))].map((name) => {
              const of = groups.filter((group) => group[key] === name);
              return [
                name,
                {
                  count: of.reduce((all, { count }) => all + count, 0),
                  bytes: of.reduce((all, { bytes }) => all + bytes, 0),
                },
              ];
            }),
          );
        return {
          total_count: groups.reduce((all, { count }) => all + count, 0),
          total_bytes: groups.reduce((all, { bytes }) => all + bytes, 0),
          by_store: sum("store"),
          by_scope: sum("scope"),
        };
      },
    }),
    route("GET", `${base}/:execution_id/list`, {
      tag,
      summary: "References of what is stored of an execution",
      params: byRun,
      async handle({ params: { execution_id } }) {
        const refs = (await store.results.list(execution_id)).map(storedWire);
        return { execution_id, count: refs.length, refs };
      },
    }),
    route("GET", `${base}/:execution_id/:step`, {
      tag,
      summary: "The result of a step, or with resolve=false what is known of it",
      params: byStep,
      query: z.object({ resolve: flag(true) }),
      async handle({ params: { execution_id, step }, query }) {
        const record = await recordOf(execution_id, step);
        if (record?.ref) {
          if (query.resolve) return store.results.get(record.ref.ref);
          const { meta, ...ref } = record.ref;
          return { name: step, ...ref, bytes: meta.bytes, sha256: meta.sha256, correlation: null };
        }
        if (record) return record.parts ? partsOf(record.parts as ({ data?: Json } | null)[]) : (record.data ?? null);
        // Put by a worker under this name; the last one counts.
        const stored = (await store.results.list(execution_id, step)).at(-1);
        if (!stored)
          throw new NoetlError("not_found", "RESULT_NOT_FOUND", `step '${step}' of ${execution_id} has no result`);
        return query.resolve ? store.results.get(stored.ref) : storedWire(stored);
      },
    }),
    route("DELETE", `${base}/:execution_id`, {
      tag,
      summary: "Forget what is stored of an execution",
      params: byRun,
      async handle({ params: { execution_id } }) {
        return { execution_id, deleted: await store.results.remove(execution_id), scope: "execution" };
      },
    }),
    route("DELETE", `${base}/:execution_id/step/:step`, {
      tag,
      summary: "Forget what is stored of one step",
      params: byStep,
      async handle({ params: { execution_id, step } }) {
        return { execution_id, step, deleted: await store.results.remove(execution_id, step), scope: "step" };
      },
    }),
  ];
}

function storedWire({ created_at, expires_at, ...stored }: StoredResult) {
  return { step: stored.name, ...stored, created_at: timeOf(created_at), expires_at: timeOf(expires_at) };
}

function partsOf(parts: readonly ({ data?: Json } | null)[]): Json {
  return parts.map((part): Json => part?.data ?? (part as JsonObject | null));
}

function bad(message: string): NoetlError {
  return new NoetlError("validation", "BAD_REQUEST", message);
}
