import type { Frame } from "@noetl/store";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { id, json, object } from "../http/schemas.ts";
import { findStage } from "../stages/find-stage.ts";
import { timeOf } from "../wire/times.ts";

const worker_id = z.string().min(1);
const lease_seconds = z.coerce.number().int().min(5).max(3_600).default(60);
const status = <const T extends readonly [string, ...string[]]>(...words: T) =>
  z.string().toUpperCase().pipe(z.enum(words)).default(words[0]);

/** Frames of cursor loops that workers of an older make claim by themselves (server-api §2.18). */
export function frameRoutes({ store, metrics }: ServerContext): Route[] {
  return [
    route("POST", "/api/stages/:stage_id/frames/claim", {
      tag: "frames",
      summary: "Frames of a stage for one worker; 409 stage_not_open, frame_claim_conflict",
      params: z.object({ stage_id: id }),
      body: z.object({
        worker_id,
        command_id: id.nullish(),
        requested_count: z.coerce.number().int().min(1).max(100).default(1),
        lease_seconds,
        cursor: object.nullish(),
        frame_policy: object.nullish(),
        locality: z.unknown().optional(),
      }),
      async handle({ params: { stage_id }, body }) {
        const command_id = body.command_id ?? undefined;
        await findStage(store, stage_id, command_id);
        const frames = await store.stages.claim({
          stage_id,
          worker_id: body.worker_id,
          count: body.requested_count,
          lease_ms: body.lease_seconds * 1_000,
          ...(command_id === undefined ? {} : { command_id }),
          ...(body.cursor ? { cursor: body.cursor } : {}),
        });
        metrics.frames.inc({ action: "claimed" }, frames.length);
        return { status: "ok", frames: frames.map(frameWire) };
      },
    }),
    route("POST", "/api/frames/:frame_id/heartbeat", {
      tag: "frames",
      summary: "Extend a frame's lease; 409 frame_already_terminal, frame_owner_mismatch, frame_not_active",
      params: z.object({ frame_id: id }),
      body: z.object({ worker_id, lease_seconds, status: status("RUNNING", "CLAIMED") }),
      async handle({ params: { frame_id }, body }) {
        const beat = {
          frame_id,
          worker_id: body.worker_id,
          lease_ms: body.lease_seconds * 1_000,
          status: body.status,
        };
        return { status: "ok", frame: frameWire(await store.stages.heartbeat(beat)) };
      },
    }),
    route("POST", "/api/frames/:frame_id/commit", {
      tag: "frames",
      summary: "The end of a frame; 409 as for the heartbeat",
      params: z.object({ frame_id: id }),
      body: z.object({
        worker_id,
        status: status("COMPLETED", "FAILED", "ABANDONED"),
        cursor: object.nullish(),
        row_count: z.coerce.number().int().min(0).default(0),
        output_ref: json.optional(),
        events_emitted: z.coerce.number().int().min(0).default(0),
        error: z.unknown().optional(),
      }),
      async handle({ params: { frame_id }, body }) {
        const { cursor, error, output_ref = null, ...rest } = body;
        const frame = await store.stages.commit({
          frame_id,
          ...rest,
          output_ref,
          ...(cursor ? { cursor } : {}),
          ...(error === undefined || error === null
            ? {}
            : { error: typeof error === "string" ? error : JSON.stringify(error) }),
        });
        metrics.frames.inc({ action: frame.status.toLowerCase() });
        return { status: "ok", frame: frameWire(frame) };
      },
    }),
  ];
}

function frameWire(frame: Frame) {
  const { attempts: _, ...rest } = frame;
  return { ...rest, lease_until: timeOf(frame.lease_until), claimed_event_id: null, terminal_event_id: null };
}
