import { NoetlError } from "@noetl/core";
import { explain } from "@noetl/engine";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { count, flag, id, instant, json, object } from "../http/schemas.ts";
import { renderIn } from "../replay/render.ts";
import { projections, replay } from "../replay/replay.ts";
import { openDefinitions } from "../runs/index.ts";

/** The log looked at from outside: replay, why, templates (server-api §2.18). */
export function replayRoutes(context: ServerContext): Route[] {
  const { store, tools, executions, runs } = context;
  return [
    route("GET", "/api/replay/state", {
      tag: "replay",
      summary: "The state of a run at a point of its log, with a checksum",
      query: z.object({
        execution_id: id,
        tenant_id: z.string().default("default"),
        organization_id: z.string().default("default"),
        as_of_event_id: id.optional(),
        as_of_position: z.coerce.number().int().min(0).optional(),
        as_of_time: instant.optional(),
        projection: z.string().default("all"),
        limit: count(1, 100_000, 10_000),
        resolve_payloads: flag(false),
      }),
      async handle({ query }) {
        const summary = await executions.summary(query.execution_id);
        const cutoff = { event_id: query.as_of_event_id, position: query.as_of_position, time: query.as_of_time };
        const { run, events, checksum } = await replay({ store, tools }, summary, cutoff, query.limit);
        const all = projections(run);
        const { projection } = query;
        if (projection !== "all" && !(projection in all)) {
          throw new NoetlError(
            "validation",
            "BAD_REQUEST",
            `projection '${projection}' is none of all, ${Object.keys(all).join(", ")}`,
          );
        }
        return {
          execution_id: summary.execution_id,
          tenant_id: query.tenant_id,
          organization_id: query.organization_id,
          events_replayed: events.length,
          position: events.at(-1)?.seq ?? 0,
          last_event_id: events.at(-1)?.event_id ?? null,
          checksum,
          projections: projection === "all" ? all : { [projection]: all[projection] ?? null },
        };
      },
    }),
    route("GET", "/api/executions/:id/why", {
      tag: "executions",
      summary: "What a run waits for, which arcs were taken and why the others were not",
      params: z.object({ id }),
      async handle({ params }) {
        const summary = await executions.summary(params.id);
        const text = (await store.executions.definition(summary.definition)) ?? "";
        const plan = openDefinitions(tools).plan(text, summary.definition);
        return { execution_id: params.id, path: summary.path, ...explain(plan, await store.log.load(params.id)) };
      },
    }),
    route("POST", "/api/context/render", {
      tag: "replay",
      summary: "Render a template as the next step of a run would see it",
      body: z.object({
        execution_id: id,
        template: json,
        extra_context: object.nullish(),
        strict: z.boolean().default(true),
      }),
      async handle({ body }) {
        if (body.template === null) throw new NoetlError("validation", "BAD_REQUEST", "template is required");
        const live = await runs.get(body.execution_id);
        const asked = { template: body.template, extra: body.extra_context ?? {}, strict: body.strict };
        return { status: "ok", ...(await renderIn(store, live, asked)) };
      },
    }),
  ];
}
