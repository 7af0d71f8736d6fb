import type { Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import { type Envelope, extractFields, previewOf, type ResultRef, renderTree } from "@noetl/scope";
import { commandNames } from "../bind/command-names.ts";
import type { Call } from "../run/call.ts";
import { failure } from "../run/failure.ts";
import { type ResultPolicy, resultPolicy } from "./spec.ts";

/**
 * Inline or by reference (DSL §21.2): data over the limit is stored and the envelope holds where. Selected fields show
 * under their names either way (decision 40). Takes masked data. Error `RESULT_STORE_FAILED` when it cannot be stored: a
 * success whose data is gone is worse than a failure.
 */
export async function keepResult(call: Call, envelope: Envelope): Promise<Envelope> {
  const { command } = call;
  const names = () => commandNames(command, call.engine, call.bodies);
  const render = (value: Json) =>
    typeof value === "string"
      ? renderTree(call.shared.templates, value, names(), { ...call.render, position: "data" })
      : value;
  const policy = resultPolicy(command.results, command.step, render, call.host.environment.processEnv);
  const { data } = envelope;
  if (data === null) return envelope;
  const { select } = policy;
  const map = isObject(data);
  // A list or scalar has no room for selected names: only a reference can carry them.
  const byReference = isOver(data, policy.inlineMaxBytes) || (select !== undefined && !map && envelope.status === "ok");
  if (!byReference) {
    if (!select || !map || envelope.status !== "ok") return envelope;
    return { ...envelope, data: { ...extractFields(data, select), ...(data as JsonObject) } };
  }
  return { ...envelope, data: null, ref: await store(call, policy, data) };
}

/** Of a long text it is plain without writing it out. */
function isOver(data: Json, bytes: number): boolean {
  if (typeof data === "string" && data.length > bytes) return true;
  return Buffer.byteLength(JSON.stringify(data)) > bytes;
}

async function store(call: Call, policy: ResultPolicy, body: Json): Promise<ResultRef> {
  const { execution_id, step } = call.command;
  let ref: ResultRef;
  try {
    ref = await call.host.putResult({
      execution_id,
      step: step.step,
      body,
      scope: policy.scope,
      ...(policy.store !== undefined && { store: policy.store }),
      ...(policy.ttl !== undefined && { ttl: policy.ttl }),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure("storage_access", "RESULT_STORE_FAILED", `the result cannot be stored: ${reason}`, {
      retryable: true,
      cause: error,
    });
  }
  const extracted = extractFields(body, policy.select);
  if (policy.as !== undefined) extracted[policy.as] = ref.ref;
  return { ...ref, extracted, preview: previewOf(body, policy.previewMaxBytes) };
}
