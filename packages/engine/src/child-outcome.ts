import { isNoetlError, type Json } from "@noetl/core";
import type { StepRecord } from "@noetl/scope";
import type { Run } from "./api.ts";
import { resultOf } from "./decide/end.ts";
import type { ChildCompleted, ResultValue, Wait } from "./events.ts";

export type ChildOutcome = Pick<ChildCompleted, "status" | "result" | "step_result" | "error" | "failed_step">;

/**
 * What a caller is told of a child that has ended (DSL §20). `read` fetches the body of a stored result: an aggregate whose
 * parts are stored is put together here. The child counts as failed when one is gone (`missing_reference`); other errors of
 * `read` are passed on.
 */
export async function childOutcome(
  child: Run,
  wait: Wait,
  read: (ref: string) => Promise<Json>,
): Promise<ChildOutcome> {
  const { status, result = { data: null }, error, failed_steps, steps } = child.view();
  const wanted = wait.kind === "child" ? (wait.return_step ?? wait.result_step) : undefined;
  const record = wanted === undefined ? undefined : steps.find(({ step }) => step === wanted)?.record;
  const [failed_step] = failed_steps;
  const ended = status === "COMPLETED" || status === "CANCELLED" ? status : "FAILED";
  const outcome: ChildOutcome = {
    status: ended,
    result,
    ...(error === undefined ? {} : { error }),
    ...(failed_step === undefined ? {} : { failed_step }),
  };
  if (record === undefined) return outcome;
  try {
    return { ...outcome, step_result: await whole(record, read) };
  } catch (thrown) {
    if (!isNoetlError(thrown) || thrown.meaning !== "not_found") throw thrown;
    const { code, message } = thrown;
    return { ...outcome, status: "FAILED", error: { kind: "missing_reference", retryable: true, code, message } };
  }
}

async function whole(record: StepRecord, read: (ref: string) => Promise<Json>): Promise<ResultValue> {
  const bodies = new Map<string, Json>();
  for (const { ref } of record.parts?.flatMap((part) => part?.ref ?? []) ?? []) bodies.set(ref, await read(ref));
  return resultOf(record, (ref) => bodies.get(ref));
}
