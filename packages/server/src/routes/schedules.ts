import { NoetlError } from "@noetl/core";
import type { Schedule } from "@noetl/store";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { id, object, version } from "../http/schemas.ts";
import { nextRun } from "../system/scheduler.ts";
import { timeOf } from "../wire/times.ts";

const schedule = z
  .object({
    schedule_id: id.nullish(),
    playbook_path: z.string().min(1),
    playbook_version: version,
    cron: z.string().nullish(),
    interval_seconds: z.number().int().positive().nullish(),
    enabled: z.boolean().default(true),
    timezone: z.string().default("UTC"),
    input_payload: object.nullish(),
    meta: object.nullish(),
  })
  .refine(
    (body) => (body.cron ? 1 : 0) + (body.interval_seconds ? 1 : 0) === 1,
    "one of cron and interval_seconds is required",
  );

/** Ours: upstream stores schedules and nothing reads them (server-api §5.1). */
export function scheduleRoutes(context: ServerContext): Route[] {
  const { store, clock } = context;
  const byId = z.object({ id });
  const unknown = (key: string) => new NoetlError("not_found", "SCHEDULE_NOT_FOUND", `schedule not found: ${key}`);
  return [
    route("POST", "/api/schedules", {
      tag: "schedules",
      summary: "Start a playbook by a cron line or at an interval",
      body: schedule,
      async handle({ body }) {
        const timing = {
          cron: body.cron ?? null,
          interval_seconds: body.interval_seconds ?? null,
          timezone: body.timezone,
        };
        const next_run_at = nextRun(timing, clock.now());
        const made = await store.schedules.put({
          ...(body.schedule_id ? { schedule_id: body.schedule_id } : {}),
          playbook_path: body.playbook_path,
          playbook_version: body.playbook_version === undefined ? null : String(body.playbook_version),
          ...timing,
          enabled: body.enabled,
          next_run_at,
          input_payload: body.input_payload ?? {},
          meta: body.meta ?? {},
        });
        return scheduleWire(made);
      },
    }),
    route("GET", "/api/schedules", {
      tag: "schedules",
      summary: "All schedules",
      async handle() {
        const items = (await store.schedules.list()).map(scheduleWire);
        return { items, count: items.length };
      },
    }),
    route("GET", "/api/schedules/:id", {
      tag: "schedules",
      summary: "One schedule",
      params: byId,
      async handle({ params }) {
        const found = await store.schedules.get(params.id);
        if (!found) throw unknown(params.id);
        return scheduleWire(found);
      },
    }),
    route("DELETE", "/api/schedules/:id", {
      tag: "schedules",
      summary: "Forget a schedule",
      params: byId,
      async handle({ params }) {
        if (!(await store.schedules.delete(params.id))) throw unknown(params.id);
        return { message: "schedule deleted", schedule_id: params.id };
      },
    }),
  ];
}

function scheduleWire(found: Schedule) {
  return { ...found, next_run_at: timeOf(found.next_run_at), last_run_at: timeOf(found.last_run_at) };
}
