import type { JsonObject } from "@noetl/core";
import type { CommandRow } from "@noetl/store";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { canonicalPool } from "../delivery/pools.ts";
import { type Route, route } from "../http/route.ts";
import { id } from "../http/schemas.ts";
import { commandWire, endedCommandWire } from "../wire/command.ts";
import { hintWire } from "../wire/hint.ts";
import { exchangeRoute } from "./exchange.ts";

const byEvent = z.object({ id });
const held = z.object({ worker_id: z.string().min(1), fence: z.number().int().nullish() });

/** server-api §2.8, §4.4; heartbeat, release and poll are ours (decisions 8, 26). */
export function commandRoutes(context: ServerContext): Route[] {
  const { claims, desk, config, metrics, runs } = context;
  const heldBy = (eventId: string, body: z.infer<typeof held>) => ({
    event_id: eventId,
    worker_id: body.worker_id,
    ...(typeof body.fence === "number" ? { fence: body.fence } : {}),
  });

  /** Our workers read nothing of it, so for them it is not looked up. */
  async function runOf(row: CommandRow, format: string): Promise<{ workload: JsonObject; ctx: JsonObject }> {
    if (format === "command") return { workload: {}, ctx: {} };
    const live = await runs.get(row.execution_id);
    return { workload: live.workload, ctx: live.run.view().ctx };
  }

  return [
    route("GET", "/api/commands/:id", {
      tag: "commands",
      summary: "A command, without claiming it",
      params: byEvent,
      async handle({ params }) {
        const { row, command } = await claims.read(params.id);
        const wire = command ? commandWire(row, command, "all", await runOf(row, "all")) : endedCommandWire(row);
        return { ...wire, status: row.status };
      },
    }),
    route("POST", "/api/commands/:id/claim", {
      tag: "commands",
      summary: "Take a command: exactly one worker gets it",
      params: byEvent,
      body: z.object({
        worker_id: z.string().min(1),
        locality: z.unknown().optional(),
        /** `command`: only what our workers read; `context`: only what older ones read */
        format: z.enum(["all", "command", "context"]).default("all"),
      }),
      async handle({ params, body }) {
        const stop = metrics.claimSeconds.startTimer();
        try {
          const { row, command, reclaimed } = await claims.claim(params.id, body.worker_id);
          return {
            status: "ok",
            ...commandWire(row, command, body.format, await runOf(row, body.format)),
            ...(reclaimed
              ? { reclaimed: true, reclaimed_from_worker: reclaimed.from, reclaimed_reason: reclaimed.reason }
              : {}),
            lease_ms: config.claim.leaseMs,
          };
        } finally {
          stop();
        }
      },
    }),
    exchangeRoute(context),
    route("POST", "/api/commands/:id/heartbeat", {
      tag: "commands",
      summary: "Extend the lease; `stop` = the run is being cancelled, `held: false` = lost",
      params: byEvent,
      body: held,
      async handle({ params, body }) {
        return { ...(await claims.heartbeat(heldBy(params.id, body))), lease_ms: config.claim.leaseMs };
      },
    }),
    route("POST", "/api/commands/:id/release", {
      tag: "commands",
      summary: "Give a claimed command back",
      params: byEvent,
      body: held,
      async handle({ params, body }) {
        return { status: "ok", released: await claims.release(heldBy(params.id, body)) };
      },
    }),
    route("POST", "/api/worker/pool/poll", {
      tag: "workers",
      summary: "Long poll for commands: hints, the claim decides",
      body: z.object({
        worker: z.string().optional(),
        worker_id: z.string().optional(),
        pool: z.string().nullish(),
        segments: z.array(z.string()).nullish(),
        max: z.coerce.number().int().min(1).max(1_000).default(1),
        wait_ms: z.coerce.number().int().min(0).default(20_000),
        /** what is found may be claimed for this worker, and is then handed out with its command */
        claim: z.boolean().default(false),
      }),
      async handle({ body, request }) {
        const pools = [body.pool ?? "shared", ...(body.segments ?? [])].map(canonicalPool);
        const worker = body.worker_id ?? body.worker;
        const gone = new AbortController();
        const leave = () => gone.abort();
        request.raw.socket.once("close", leave);
        try {
          const hints = await desk.poll({
            pools,
            max: body.max,
            waitMs: Math.min(body.wait_ms, config.poll.longestMs),
            signal: gone.signal,
            ...(body.claim && worker ? { worker } : {}),
          });
          return { commands: hints.map(hintWire) };
        } finally {
          request.raw.socket.off("close", leave);
        }
      },
    }),
  ];
}
