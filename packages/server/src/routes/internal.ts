import { type JsonObject, rawInteger } from "@noetl/core";
import { z } from "zod";
import { callback } from "../callback/callback.ts";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { count, id } from "../http/schemas.ts";
import { rebuildAll, rebuildThese } from "../replay/rebuild.ts";

const DAY_MS = 86_400_000;
const ids = z.array(id).min(1).max(10_000);

/** For publishers, projectors and watchers outside this process (server-api §2.18); always behind the internal token. */
export function internalRoutes(context: ServerContext): Route[] {
  const { store, runs, clock, metrics, config } = context;
  const guard = "internal" as const;
  return [
    route("POST", "/api/internal/outbox/claim", {
      tag: "internal",
      summary: "Take messages to be published",
      guard,
      body: z.object({ limit: count(1, 1_000, 100) }),
      async handle({ body }) {
        const rows = (await store.outbox.take(body.limit)).map((row) => ({
          ...row,
          outbox_id: rawInteger(row.outbox_id),
          event_id: rawInteger(row.event_id),
          execution_id: rawInteger(row.execution_id),
          payload_codec: "json",
        }));
        return { rows, claimed: rows.length };
      },
    }),
    route("POST", "/api/internal/outbox/mark-published", {
      tag: "internal",
      summary: "They were published",
      guard,
      body: z.object({ outbox_ids: ids }),
      async handle({ body }) {
        await store.outbox.published(body.outbox_ids);
        return { marked: body.outbox_ids.length };
      },
    }),
    route("POST", "/api/internal/outbox/mark-failed", {
      tag: "internal",
      summary: "One could not be published",
      guard,
      body: z.object({ outbox_id: id, error: z.string(), attempts: z.number().int().min(1).default(1) }),
      async handle({ body }) {
        await store.outbox.failed(body.outbox_id, body.error);
        return { marked: 1, available_at_in: Math.min(300, 2 ** Math.min(8, body.attempts - 1)) };
      },
    }),
    route("GET", "/api/internal/outbox/pending-count", {
      tag: "internal",
      summary: "Messages to be published",
      guard,
      async handle() {
        const { pending, failed, in_flight, dead } = await store.outbox.depth();
        return { pending: pending + failed, in_flight, dead };
      },
    }),
    route("POST", "/api/internal/projection/advance", {
      tag: "internal",
      summary: "Fold what is new of these executions",
      guard,
      body: z.object({ execution_ids: ids }),
      async handle({ body }) {
        const advanced = [];
        const failed = [];
        for (const executionId of body.execution_ids) {
          const summary = await store.executions.get(executionId);
          if (!summary) {
            failed.push({ execution_id: rawInteger(executionId), error: "execution not found" });
            continue;
          }
          const before = runs.peek(executionId)?.seq ?? 0;
          const { seq } = await runs.get(executionId);
          metrics.projectionAdvanced.inc({ outcome: "advanced" });
          advanced.push({ execution_id: rawInteger(executionId), version: seq, events: seq - before });
        }
        return { advanced, failed };
      },
    }),
    route("POST", "/api/internal/projection/rebuild", {
      tag: "internal",
      summary: "The rows of runs and of their commands anew from the log; without ids those of open runs, or of `all`",
      guard,
      body: z.object({ execution_ids: ids.optional(), all: z.boolean().default(false) }),
      async handle({ body }) {
        const changed = [];
        const failed = [];
        let looked = 0;
        const each = body.execution_ids
          ? rebuildThese(context, body.execution_ids)
          : rebuildAll(context, { open: !body.all });
        for await (const outcome of each) {
          looked += 1;
          if ("error" in outcome) failed.push(outcome);
          else if (outcome.run || outcome.commands > 0 || outcome.reissued > 0) changed.push(outcome);
        }
        metrics.projectionAdvanced.inc({ outcome: "rebuilt" }, changed.length);
        return { looked, rebuilt: changed.length, executions: changed, failed };
      },
    }),
    route("POST", "/api/internal/cleanup/purge", {
      tag: "internal",
      summary: "Remove what is old; 0 days of events = keep all",
      guard,
      body: z.object({
        command_retention_days: z.number().min(0).default(7),
        runtime_stale_minutes: z.number().min(1).default(60),
        event_retention_days: z.number().min(0).default(0),
      }),
      async handle({ body }) {
        const now = clock.now();
        const outbox = await store.outbox.purge(now - config.outbox.keepMs);
        const stale = await store.runtimes.sweep(now - body.runtime_stale_minutes * 60_000);
        const before = body.event_retention_days === 0 ? undefined : now - body.event_retention_days * DAY_MS;
        const removed = before === undefined ? 0 : await removeBefore(before);
        metrics.purged.inc({ table: "execution" }, removed);
        return {
          // Commands go with the execution they belong to.
          commands_purged: 0,
          runtime_purged: stale.length,
          events_purged: removed,
          executions_purged: removed,
          outbox_purged: outbox,
          event_partitions_dropped: 0,
        };
      },
    }),
    route("POST", "/api/internal/container-callback/:execution_id/:step", {
      tag: "internal",
      summary: "A container ended: go on with the step that waits for it",
      guard,
      params: z.object({ execution_id: id, step: z.string() }),
      body: z.object({
        state: z.enum(["succeeded", "failed", "failed_image_pull", "failed_oom", "failed_node_lost", "failed_timeout"]),
        token: z.string().optional(),
        job_name: z.string().nullish(),
        job_uid: z.string().nullish(),
        completed_at: z.string().nullish(),
        exit_code: z.number().int().nullish(),
        reason: z.string().nullish(),
        stdout_uri: z.string().nullish(),
        stderr_uri: z.string().nullish(),
      }),
      async handle({ params, body, reply }) {
        const { state, token, reason, ...rest } = body;
        const data: JsonObject = {};
        for (const [name, value] of Object.entries({ state, ...rest })) {
          if (value !== undefined && value !== null) data[name] = value;
        }
        const target = { ...params, token };
        const { stale, event_id } = await callback({ runs, ids: context.ids }, target, {
          state,
          data,
          reason: reason ?? undefined,
        });
        (stale ? metrics.staleCallbacks : metrics.callbacks.labels(state)).inc();
        reply.code(202);
        return {
          status: stale ? "stale" : "accepted",
          ...(event_id === undefined ? {} : { event_id: rawInteger(event_id) }),
        };
      },
    }),
  ];

  /** Executions that ended before; newest first, hence from the end of a walk over all. */
  async function removeBefore(before: number): Promise<number> {
    let removed = 0;
    let cursor: string | undefined;
    for (;;) {
      const page = await store.executions.list({
        status: ["COMPLETED", "FAILED", "CANCELLED"],
        limit: 500,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const run of page) {
        if (run.ended_at === null || run.ended_at >= before) continue;
        await store.executions.delete(run.execution_id);
        removed += 1;
      }
      cursor = page.at(-1)?.execution_id;
      if (page.length < 500) return removed;
    }
  }
}
