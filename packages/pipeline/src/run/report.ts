import type { ErrorInfo, Json } from "@noetl/core";
import type { CallDone, CallError, CallParked, Command, Wait } from "@noetl/engine";
import type { Envelope } from "@noetl/scope";
import type { Memory } from "../bind/memory.ts";
import { callEnvelope } from "../result/data.ts";
import { keepResult } from "../result/keep.ts";
import type { Call } from "./call.ts";
import { errorInfo } from "./failure.ts";
import type { PipelineEnd } from "./pipeline.ts";
import { tell } from "./progress.ts";

/** How a call ended, before it is reported. */
export interface Ended {
  memory: Memory;
  error?: ErrorInfo;
  task?: string;
}

/** A pipeline that waits where nothing can wait for it is an error of the author's. */
export function endedOf(end: PipelineEnd): Ended {
  const { memory } = end;
  if (end.status === "done") return { memory };
  if (end.status === "failed") return { memory, error: end.error, ...(end.task !== undefined && { task: end.task }) };
  const message = "a call that waits for something outside cannot run beside others in one command";
  return { memory, error: { kind: "configuration", retryable: false, code: "CANNOT_WAIT", message } };
}

/** Envelope of an ended pipeline: masked, its data kept inline or stored. A store that fails makes it an error. */
export async function sealed(call: Call, ended: Ended): Promise<Envelope> {
  const { memory, error, task } = ended;
  const failed = error && { error, ...(task === undefined ? {} : { task }) };
  const raw = callEnvelope({
    memory,
    labelled: call.plan.labelled,
    ended: call.host.clock.now(),
    kind: call.command.issued.kind,
    ...(failed && { failed }),
  });
  const envelope = masked(call, raw);
  try {
    return await keepResult(call, envelope);
  } catch (thrown) {
    return { ...envelope, status: "error", data: null, error: masked(call, errorInfo(thrown)) };
  }
}

/** The same value with every secret masked: whatever leaves the process passes here. */
export function masked<T>(call: Call, value: T): T {
  return call.shared.redactor.json(value as Json) as T;
}

function base(command: Command) {
  const { step, run, command_id, iteration } = command.issued;
  return { step, run, command_id, ...(iteration === undefined ? {} : { iteration }) };
}

export function done(
  call: Call,
  envelope: Envelope,
  updates: CallDone["updates"],
  more: Pick<CallDone, "parts" | "frame"> = {},
): CallDone | CallError {
  const { error } = envelope;
  const common = { ...base(call.command), updates: masked(call, updates), ...more };
  return error
    ? { type: "call.error", ...common, envelope: { ...envelope, error } }
    : { type: "call.done", ...common, envelope };
}

/** Updates stay in the state: they are reported once, when the call ends. */
export function parked(call: Call, wait: Wait, state: Json): CallParked {
  const safe = masked(call, wait);
  if (safe !== wait) {
    const message = `Step '${call.command.step.step}': what it waits for would hold a secret; '***' is passed instead`;
    tell(call, undefined, { type: "warning", code: "W_SECRET_PERSIST", message });
  }
  return { type: "call.parked", ...base(call.command), updates: [], wait: safe, state };
}

/** A call that could not even start, or a bug. */
export function broken(command: Command, error: ErrorInfo, now: number): CallError {
  return {
    type: "call.error",
    ...base(command),
    updates: [],
    envelope: {
      status: error.kind === "timeout" ? "timeout" : "error",
      data: null,
      error,
      meta: { attempt: 0, duration_ms: 0, tool: command.issued.kind, started_at: new Date(now).toISOString() },
    },
  };
}
