import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { id } from "../http/schemas.ts";
import { timeOf } from "../wire/times.ts";

/** The marker of a write to another system that nobody has confirmed yet (server-api §2.18). */
export function sinkRoutes({ store, metrics, log }: ServerContext): Route[] {
  const guard = "internal" as const;
  return [
    route("POST", "/api/internal/sink-state/:action", {
      tag: "internal",
      summary: "mark before the write, confirm behind it, release when it will not come",
      guard,
      params: z.object({ action: z.enum(["mark", "confirm", "release"]) }),
      body: z.object({ execution_id: id, worker_id: z.string().nullish(), reason: z.string().nullish() }),
      async handle({ params: { action }, body: { execution_id, worker_id, reason } }) {
        const changed =
          action === "mark"
            ? await store.sinks.mark(execution_id, worker_id ?? null)
            : await store.sinks.clear(execution_id);
        if (action === "release" && changed) log.warn("an unconfirmed write was released", { execution_id, reason });
        metrics.sinkStates.inc({ action, changed: String(changed) });
        return { execution_id, changed };
      },
    }),
    route("GET", "/api/internal/sink-state/:execution_id", {
      tag: "internal",
      summary: "Is a write of this run unconfirmed?",
      guard,
      params: z.object({ execution_id: id }),
      async handle({ params: { execution_id } }) {
        const pending = await store.sinks.pending(execution_id);
        return {
          execution_id,
          pending: pending !== undefined,
          worker_id: pending?.worker_id ?? null,
          since: timeOf(pending?.since),
        };
      },
    }),
  ];
}
