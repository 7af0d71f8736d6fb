import { isObject, type JsonObject } from "@noetl/core";
import type { EventBody } from "@noetl/engine";
import { z } from "zod";
import { id, object } from "../http/schemas.ts";

/** One event as any generation of workers sends it (server-api §2.7, worker-and-tools §6.1). */
const fields = {
  event_type: z.string().min(1).optional(),
  name: z.string().min(1).optional(),
  step: z.string().nullish(),
  node_name: z.string().nullish(),
  payload: object.nullish(),
  context: object.nullish(),
  meta: object.nullish(),
  worker_id: z.string().nullish(),
  event_id: id.nullish(),
  status: z.string().nullish(),
  created_at: z.string().nullish(),
  actionable: z.boolean().nullish(),
  informative: z.boolean().nullish(),
  result_kind: z.enum(["data", "ref", "refs"]).nullish(),
  result_uri: z.string().nullish(),
  event_ids: z.array(id).nullish(),
};

type Raw = z.infer<z.ZodObject<typeof fields>>;

export interface IncomingEvent {
  type: string;
  step: string | undefined;
  payload: JsonObject;
  meta: JsonObject;
  worker_id: string | undefined;
  event_id: string | undefined;
  /** an event body of our engine, from our workers */
  body: EventBody | undefined;
}

function incoming(raw: Raw): IncomingEvent {
  const payload = raw.payload ?? raw.context ?? {};
  const body = isObject(payload.event) && typeof payload.event.type === "string" ? payload.event : undefined;
  return {
    type: raw.event_type ?? raw.name ?? String(body?.type),
    step: raw.step ?? raw.node_name ?? undefined,
    payload: referenced(payload, raw.result_uri),
    meta: raw.meta ?? {},
    worker_id: raw.worker_id ?? undefined,
    event_id: raw.event_id ?? undefined,
    body: body as EventBody | undefined,
  };
}

/** `result_kind: ref` with `result_uri`: a reference beside the payload. */
function referenced(payload: JsonObject, uri: string | null | undefined): JsonObject {
  if (uri === null || uri === undefined || payload.result !== undefined) return payload;
  return { ...payload, result: { status: "COMPLETED", reference: { kind: "result_ref", ref: uri } } };
}

const typed = <T extends z.ZodObject>(schema: T) =>
  schema.refine((raw) => {
    const { event_type, name, payload, context } = raw as Raw;
    return event_type !== undefined || name !== undefined || isObject((payload ?? context)?.event);
  }, "event_type (or name) is required");

export const singleEvent = typed(
  z.object({ ...fields, execution_id: id, fence: z.number().int().nullish() }),
).transform((raw) => ({ execution_id: raw.execution_id, fence: raw.fence ?? undefined, event: incoming(raw) }));

export const eventBatch = z.object({
  execution_id: id,
  events: z.array(typed(z.object(fields)).transform(incoming)).min(1),
  worker_id: z.string().nullish(),
  catalog_id: id.nullish(),
  /** the claimed command (its `command.issued` event) and the claim's number, from our workers */
  command_event_id: id.nullish(),
  fence: z.number().int().nullish(),
  /** room the worker has when this is accepted: commands may come back claimed for it */
  next: z.object({ pools: z.array(z.string()).min(1), max: z.number().int().min(1).max(1_000) }).nullish(),
});
