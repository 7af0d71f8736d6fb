import type { Json, JsonObject } from "@noetl/core";
import type { RunView } from "@noetl/engine";
import type { RunInfo, RunOutcome, StepOutcome } from "./options.ts";
import { resultBody } from "./session/session.ts";
import type { Shared } from "./session/shared.ts";

type StepView = RunView["steps"][number];

/** The document of decision 31, from a run that has ended. */
export async function outcomeOf(
  shared: Pick<Shared, "host">,
  view: RunView,
  info: RunInfo,
  resumedFrom?: string,
): Promise<RunOutcome> {
  const started = view.started_at ?? 0;
  const ended = view.ended_at ?? started;
  const failed = view.failed_steps[0];
  return {
    schema: "noetl.run/1",
    execution_id: info.execution_id,
    playbook: info.name,
    path: info.path,
    status: view.status === "COMPLETED" || view.status === "CANCELLED" ? view.status : "FAILED",
    started_at: new Date(started).toISOString(),
    finished_at: new Date(ended).toISOString(),
    duration_ms: ended - started,
    result: await resultBody(shared, view.result),
    steps: Object.fromEntries(view.steps.map((step) => [step.step, stepOutcome(step)])),
    ...(view.error === undefined
      ? {}
      : {
          error: {
            code: view.error.code ?? view.error.kind.toUpperCase(),
            kind: view.error.kind,
            message: view.error.message,
            ...(failed === undefined ? {} : { step: failed }),
            ...(view.error.recovery === undefined ? {} : { hint: view.error.recovery }),
          },
        }),
    ...(resumedFrom === undefined ? {} : { resumed_from: resumedFrom }),
  };
}

function stepOutcome(view: StepView): StepOutcome {
  const { record } = view;
  return {
    status: view.status,
    runs: view.runs,
    attempts: view.attempts,
    ...(record?.ref ? { ref: record.ref.ref } : {}),
    ...(record && !record.ref && record.status !== "skipped" ? { result: recordData(record) } : {}),
    ...(record?.error ? { error: { ...record.error } as JsonObject } : {}),
  };
}

function recordData(record: NonNullable<StepView["record"]>): Json {
  if (!record.parts) return record.data ?? null;
  const results = record.parts.map((part) => part?.data ?? (part?.ref ? { _ref: part.ref.ref } : null));
  const errors = record.errors && record.errors.length > 0 ? { errors: record.errors as unknown as Json } : {};
  return { results, stats: { ...record.stats } as JsonObject, ...record.cursor, ...errors };
}
