import type { ErrorInfo, Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import type { Envelope } from "@noetl/scope";
import type { Memory } from "../bind/memory.ts";

/**
 * What the step's data is once its pipeline ended (DSL §13.6): of a single tool its data; of a pipeline the fields of the
 * last data, then `{label: data}`, then `results` and `_prev`; of a failed one what failed and what there was.
 */
export function resultData(memory: Memory, labelled: boolean, failed?: { error: ErrorInfo; task?: string }): Json {
  const last = memory.last?.data ?? null;
  if (!labelled) return last;
  const results: JsonObject = {};
  for (const label of memory.labels) results[label] = memory.results[label] ?? null;
  if (failed) {
    return {
      status: "error",
      error: failed.error as unknown as JsonObject,
      failed_task: failed.task ?? null,
      results,
    };
  }
  const fields = isObject(last) ? (last as JsonObject) : { data: last };
  return { ...fields, ...results, results, _prev: memory.prev };
}

/** The envelope of the whole call: that of the task executed last, with the data and the time of all. */
export function callEnvelope(options: {
  memory: Memory;
  labelled: boolean;
  ended: number;
  kind: string;
  failed?: { error: ErrorInfo; task?: string };
}): Envelope {
  const { memory, labelled, failed } = options;
  const last = memory.last;
  const started = new Date(memory.started_at).toISOString();
  const envelope: Envelope = {
    ...(last ?? { meta: { attempt: 0, tool: options.kind, duration_ms: 0, started_at: started } }),
    status: failed ? (failed.error.kind === "timeout" ? "timeout" : "error") : "ok",
    data: resultData(memory, labelled, failed),
    meta: {
      ...(last?.meta ?? { attempt: 0, tool: options.kind }),
      duration_ms: Math.max(0, options.ended - memory.started_at),
      started_at: started,
      ...(labelled && { labels: memory.labels.slice() }),
      ...(failed?.task !== undefined && labelled && { failed_task: failed.task }),
    },
  };
  delete envelope.error;
  if (failed) envelope.error = failed.error;
  return envelope;
}
