import { isObject, type JsonObject } from "@noetl/core";
import type { MirroredEvent, Stage } from "@noetl/store";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { count, id, instant, object } from "../http/schemas.ts";

/** An envelope of the event stream, or a row of an event table (server-api §2.18, §6.3); what else it holds is kept. */
const envelope = object.transform((value, context): MirroredEvent & { stage_id: string | undefined } => {
  const read = z
    .object({
      event_id: id,
      execution_id: id,
      event_type: z.string().min(1),
      created_at: instant.nullish(),
      event_time: instant.nullish(),
      stage_id: id.nullish(),
    })
    .safeParse(value);
  if (!read.success) {
    for (const { path, message } of read.error.issues) context.addIssue({ code: "custom", path, message });
    return z.NEVER;
  }
  const { created_at, event_time, stage_id, ...rest } = read.data;
  return { ...rest, created_at: created_at ?? event_time ?? 0, stage_id: stage_id ?? undefined, envelope: value };
});

const events = z.object({ events: z.array(envelope).max(10_000) });

/** Events that other control planes wrote. What is in our log already is a duplicate; the rest is kept beside it. */
export function mirrorRoutes({ store, clock, metrics }: ServerContext): Route[] {
  const guard = "internal" as const;

  async function take(given: z.infer<typeof events>["events"]): Promise<{ fresh: number; duplicates: number }> {
    const now = clock.now();
    const dated = given.map(({ stage_id: _, ...event }) => ({ ...event, created_at: event.created_at || now }));
    const { inserted } = await store.mirror.insert(dated);
    for (const event of given) {
      if (event.stage_id === undefined) continue;
      if (event.event_type === "stage.opened") await store.stages.open(stageOf(event, event.stage_id));
      else if (event.event_type === "stage.closed") await store.stages.close(event.stage_id);
    }
    return { fresh: inserted, duplicates: given.length - inserted };
  }

  return [
    route("POST", "/api/internal/events/project", {
      tag: "internal",
      summary: "Envelopes of the event stream; what is known is counted as duplicate",
      guard,
      body: events,
      async handle({ body }) {
        const { fresh, duplicates } = await take(body.events);
        metrics.eventsProjected.inc(fresh);
        metrics.eventsProjectedDuplicates.inc(duplicates);
        return { projected: fresh, duplicates };
      },
    }),
    route("POST", "/api/internal/events/materialize", {
      tag: "internal",
      summary: "Rows of an event table; what is known is counted as duplicate",
      guard,
      body: events,
      async handle({ body }) {
        const { fresh, duplicates } = await take(body.events);
        metrics.eventsMaterialized.inc(fresh);
        return { materialized: fresh, duplicates };
      },
    }),
    route("GET", "/api/internal/events/mirrored/:execution_id", {
      tag: "internal",
      summary: "The events of a run of another control plane, in order",
      guard,
      params: z.object({ execution_id: id }),
      query: z.object({ limit: count(1, 10_000, 1_000) }),
      async handle({ params: { execution_id }, query }) {
        const found = await store.mirror.load(execution_id, query.limit);
        return { execution_id, count: found.length, events: found.map((event) => event.envelope) };
      },
    }),
  ];
}

function stageOf(event: MirroredEvent, stage_id: string): Omit<Stage, "status" | "started_at" | "ended_at"> {
  const { context, node_name } = event.envelope;
  const told: JsonObject = isObject(context) ? (context as JsonObject) : {};
  return {
    stage_id,
    execution_id: event.execution_id,
    kind: told.kind === "fanout" || told.kind === "reduce" ? told.kind : "loop",
    step_name: typeof node_name === "string" ? node_name : "",
    frame_policy: isObject(told.frame_policy) ? (told.frame_policy as JsonObject) : {},
  };
}
