import type { Envelope, LoopPart, StepRecord } from "@noetl/scope";
import type { StepRun } from "../state/step-run.ts";

export function recordOf(run: StepRun, envelope: Envelope): StepRecord {
  const { status, data, ref, error, http, pg, py, meta } = envelope;
  return {
    step: run.step,
    run: run.run,
    status,
    ...(ref ? { ref } : { data }),
    ...(error ? { error } : {}),
    ...(http ? { http } : {}),
    ...(pg ? { pg } : {}),
    ...(py ? { py } : {}),
    meta,
  };
}

export function partOf(envelope: Envelope): LoopPart {
  return envelope.ref ? { ref: envelope.ref } : { data: envelope.data };
}
