import { ensureError, isNoetlError, type JsonObject } from "@noetl/core";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { deepMerge } from "../executions/executions.ts";
import { invalid } from "../http/invalid.ts";
import { type Route, route } from "../http/route.ts";
import { flag, id, object, version } from "../http/schemas.ts";
import type { Started, StartInput } from "../runs/index.ts";
import { allSubscriptions } from "../subscriptions/subscriptions.ts";
import { traceOf } from "../tracing/requests.ts";
import { statusWire } from "../wire/execution.ts";

const trace = z.object({
  traceparent: z.string().optional(),
  tracestate: z.string().optional(),
  baggage: z.string().optional(),
});

/** server-api §2.5; `payload`, `workload`, `input` and `args` are read, the first wins (decision 24). */
const request = z
  .object({
    path: z.string().min(1).nullish(),
    catalog_id: id.nullish(),
    version,
    payload: object.nullish(),
    workload: object.nullish(),
    input: object.nullish(),
    args: object.nullish(),
    merge: z.union([z.boolean(), z.enum(["deep", "shallow"])]).nullish(),
    resource_kind: z.enum(["playbook", "agent", "notebook"]).nullish(),
    parent_execution_id: id.nullish(),
    execution_pool: z.string().nullish(),
    trace: trace.nullish(),
    dedup: z.object({ key: z.string().min(1), window_secs: z.number().positive().default(86_400) }).nullish(),
  })
  .refine((body) => body.path || body.catalog_id, { message: "either path or catalog_id is required", path: ["path"] });

type ExecuteRequest = z.infer<typeof request>;

async function startInput(context: ServerContext, body: ExecuteRequest): Promise<StartInput> {
  const { path, catalog_id, version: wanted, parent_execution_id, execution_pool, dedup } = body;
  return {
    ...(catalog_id ? { catalog_id } : path ? { path } : {}),
    ...(wanted === undefined ? {} : { version: wanted }),
    payload: body.payload ?? body.workload ?? body.input ?? body.args ?? {},
    merge: body.merge === "shallow" || body.merge === false ? "shallow" : "deep",
    ...(execution_pool ? { pool: execution_pool } : {}),
    ...(body.trace ? { trace: body.trace as { [name: string]: string } } : {}),
    ...(dedup ? { dedup: { key: dedup.key, window_ms: dedup.window_secs * 1_000 } } : {}),
    ...(parent_execution_id ? await startedBy(context, parent_execution_id, dedup) : {}),
  };
}

/** A run, or a subscription, which stands where a parent would: then its keys are its own (server-api §2.18). */
async function startedBy(
  context: ServerContext,
  id: string,
  dedup: ExecuteRequest["dedup"],
): Promise<Pick<StartInput, "parent" | "dedup">> {
  if (!(await context.store.executions.get(id))) {
    const subscription = (await allSubscriptions(context.store)).find((each) => each.subscription_id === id);
    if (subscription) {
      return dedup ? { dedup: { key: `${id}:${dedup.key}`, window_ms: dedup.window_secs * 1_000 } } : {};
    }
  }
  return { parent: await parentOf(context, id) };
}

/** Started by a worker of an older make for its parent: no call of ours waits for it. */
async function parentOf(context: ServerContext, executionId: string): Promise<NonNullable<StartInput["parent"]>> {
  const parent = await context.runs.get(executionId);
  return {
    execution_id: executionId,
    command_id: "",
    step: "",
    root_execution_id: parent.summary.root_execution_id,
    depth: parent.depth + 1,
  };
}

export function startedWire(started: Started) {
  const { execution_id, status, path, name, kind, commands } = started;
  return { execution_id, status, commands_generated: commands, path, name, resource_kind: kind };
}

export function executeRoutes(context: ServerContext): Route[] {
  const { runs, executions, metrics, clock } = context;

  async function execute(body: ExecuteRequest, entry: string) {
    try {
      const started = await runs.start(await startInput(context, body));
      metrics.executeOutcomes.inc({ entry, outcome: started.status });
      return startedWire(started);
    } catch (error) {
      metrics.executeOutcomes.inc({ entry, outcome: isNoetlError(error) ? error.meaning : "internal" });
      throw error;
    }
  }

  return [
    route("POST", "/api/execute", {
      tag: "execute",
      summary: "Start an execution of a playbook in the catalog",
      body: request,
      handle: ({ body, request: call }) => execute({ ...body, trace: body.trace ?? traceOf(call) }, "execute"),
    }),
    route("POST", "/api/execute/playbook/*", {
      tag: "execute",
      summary: "Alias of POST /api/execute with the path in the address",
      params: z.object({ "*": z.string().min(1) }),
      body: z.record(z.string(), z.unknown()),
      handle({ params, body }) {
        const read = request.safeParse({ ...body, path: params["*"] });
        if (!read.success) throw invalid(read.error, "body");
        return execute(read.data, "alias");
      },
    }),
    route("GET", "/api/execute/:id", {
      tag: "execute",
      summary: "Alias of GET /api/executions/{id}/status",
      params: z.object({ id }),
      query: z.object({ full: flag(false) }),
      async handle({ params, query }) {
        const { summary, view } = await executions.status(params.id);
        return statusWire(summary, view, clock.now(), query.full);
      },
    }),
    route("POST", "/api/execute/batch", {
      tag: "execute",
      summary: "Start up to 1000 executions",
      body: z.object({ executions: z.array(z.record(z.string(), z.unknown())).min(1).max(1_000) }),
      async handle({ body }) {
        metrics.executeBatchSize.observe(body.executions.length);
        const results: Awaited<ReturnType<typeof one>>[] = [];
        for (const [index, item] of body.executions.entries()) results.push(await one(item as JsonObject, index));
        const count = (status: string) => results.filter((result) => result.status === status).length;
        return {
          count: results.length,
          started: count("started"),
          duplicates: count("duplicate"),
          failed: count("error"),
          results,
        };
      },
    }),
    route("POST", "/api/executions/:id/rerun", {
      tag: "executions",
      summary: "Start it again with the workload it had, overridden by this one",
      params: z.object({ id }),
      body: z.object({ workload: object.nullish(), payload: object.nullish(), resource_kind: z.string().nullish() }),
      async handle({ params, body }) {
        return startedWire(await executions.rerun(params.id, deepMerge(body.workload ?? {}, body.payload ?? {})));
      },
    }),
  ];

  async function one(item: JsonObject, index: number) {
    try {
      const { execution_id, status, commands_generated } = await execute(request.parse(item), "batch");
      return { index, status, execution_id, commands_generated };
    } catch (error) {
      const message = error instanceof z.ZodError ? (error.issues[0]?.message ?? "") : ensureError(error).message;
      return { index, status: "error", commands_generated: 0, error: message };
    }
  }
}
