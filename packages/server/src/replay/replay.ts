import { createHash } from "node:crypto";
import { type Json, type JsonObject, NoetlError } from "@noetl/core";
import { canonicalLog, type LogEvent, openRun, type Run } from "@noetl/engine";
import type { ExecutionSummary, Store } from "@noetl/store";
import type { Registry } from "@noetl/tools";
import { openDefinitions } from "../runs/index.ts";

export interface Cutoff {
  event_id?: string | undefined;
  position?: number | undefined;
  time?: number | undefined;
}

/** The run as it was at a point of its log, folded anew: the same log gives the same checksum anywhere. */
export async function replay(
  ports: { store: Store; tools: Registry },
  summary: ExecutionSummary,
  cutoff: Cutoff,
  limit: number,
): Promise<{ run: Run; events: LogEvent[]; checksum: string }> {
  if (Object.values(cutoff).filter((value) => value !== undefined).length > 1) {
    throw new NoetlError("validation", "BAD_REQUEST", "give at most one of as_of_event_id, as_of_position, as_of_time");
  }
  const { store, tools } = ports;
  const text = await store.executions.definition(summary.definition);
  if (text === undefined) throw new NoetlError("internal", "DEFINITION_MISSING", "the playbook text is missing");
  const run = openRun(openDefinitions(tools).plan(text, summary.definition));
  const all = await store.log.load(summary.execution_id, { limit });
  const events = cut(all, cutoff);
  for (const event of events) run.fold(event);
  const checksum = createHash("sha256")
    .update(JSON.stringify(canonicalLog(events)))
    .digest("hex");
  return { run, events, checksum };
}

function cut(events: LogEvent[], { event_id, position, time }: Cutoff): LogEvent[] {
  if (position !== undefined) return events.filter((event) => event.seq <= position);
  if (time !== undefined) return events.filter((event) => event.ts <= time);
  if (event_id === undefined) return events;
  const index = events.findIndex((event) => event.event_id === event_id);
  if (index < 0) throw new NoetlError("not_found", "EVENT_NOT_FOUND", `event not found: ${event_id}`);
  return events.slice(0, index + 1);
}

/** What people look at, from the folded state. */
export function projections(run: Run): { [projection: string]: Json } {
  const view = run.view();
  const loops: JsonObject = {};
  for (const { step, loop } of view.steps) if (loop) loops[step] = { ...loop };
  return {
    execution: {
      status: view.status,
      started_at: view.started_at,
      ended_at: view.ended_at,
      failed_steps: view.failed_steps,
      steps: view.steps.map(({ step, status, runs, attempts }) => ({ step, status, runs, attempts })),
      variables: view.ctx,
      error: (view.error ?? null) as Json,
    },
    command: [...run.pending()].map((command) => ({ ...command }) as unknown as JsonObject),
    frame: [...run.waiting()].map((call) => ({ ...call }) as unknown as JsonObject),
    loop: loops,
    stage: {},
    business_object: {},
  };
}
