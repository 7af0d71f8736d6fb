import type { Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import type { ChildCompleted, ResultValue, ResumeOutcome, Wait } from "@noetl/engine";
import type { ToolDone } from "@noetl/tools";
import type { Call } from "./call.ts";
import { errorInfo, failure } from "./failure.ts";

/** What a parked call came to, as the tool would have answered had it waited itself (DSL §18.8, §20). */
export async function resumed(call: Call, wait: Wait, outcome: ResumeOutcome): Promise<ToolDone> {
  try {
    switch (outcome.kind) {
      case "timer":
        return { status: "ok", data: null };
      case "timeout":
        return timeout(wait, outcome.child);
      case "callback":
        return outcome.error
          ? { status: "error", data: outcome.result, error: outcome.error }
          : callback(outcome.result);
      case "child":
        return await child(call, wait, outcome.event);
    }
  } catch (error) {
    return { status: "error", error: errorInfo(error) };
  }
}

function timeout(wait: Wait, run: string | undefined): ToolDone {
  const child = wait.kind === "child";
  const ms = wait.kind === "timer" ? wait.delay_ms : wait.timeout_ms;
  const what = child ? `the child playbook ${nameOf(wait)}` : "the awaited callback";
  const message = `${what} did not end within ${ms / 1_000} s`;
  const code = child ? "CHILD_TIMEOUT" : "CALLBACK_TIMEOUT";
  return {
    status: "timeout",
    error: {
      kind: "timeout",
      retryable: true,
      code,
      message,
      ...(run !== undefined && { details: { execution_id: run } }),
    },
    ...(child && { data: { status: "timeout", path: wait.path ?? null, execution_id: run ?? null } }),
  };
}

/** A callback may bring an outcome (`{status, data?, error?}`) or plain data. */
function callback(result: Json): ToolDone {
  if (!isObject(result) || typeof result.status !== "string") return { status: "ok", data: result };
  const status = result.status.toLowerCase();
  const data = result.data as Json | undefined;
  if (["ok", "success", "completed"].includes(status)) return { status: "ok", data: data ?? (result as JsonObject) };
  if (!["error", "failed", "timeout"].includes(status)) return { status: "ok", data: result as JsonObject };
  const said = isObject(result.error) ? (result.error as JsonObject) : {};
  const message = [said.message, result.error, result.message].find((part) => typeof part === "string");
  return {
    status: status === "timeout" ? "timeout" : "error",
    data: data ?? (result as JsonObject),
    error: {
      kind: status === "timeout" ? "timeout" : "unknown",
      retryable: said.retryable === true,
      code: typeof said.code === "string" ? said.code : "CALLBACK_FAILED",
      message: typeof message === "string" ? message : "the callback reported a failure",
    },
  };
}

async function child(
  call: Call,
  wait: Wait,
  event: ChildCompleted | { type: "child.started"; child_execution_id: string; path: string },
): Promise<ToolDone> {
  if (event.type === "child.started") {
    const { child_execution_id, path } = event;
    return { status: "ok", data: { status: "started", execution_id: child_execution_id, path, async: true } };
  }
  if (event.status !== "COMPLETED" || event.child_execution_id === null) return childFailed(event);
  if (wait.kind !== "child") throw failure("unknown", "BUG", "a child answered a call that did not wait for one");
  const named = wait.return_step ?? wait.result_step;
  if (named !== undefined && event.step_result === undefined) {
    throw failure("configuration", "CHILD_STEP", `the child playbook ${event.path} ran no step '${named}'`, {
      details: { execution_id: event.child_execution_id },
    });
  }
  if (wait.return_step === undefined) {
    return { status: "ok", data: await valueIn(call, event.step_result ?? event.result) };
  }
  const result = event.step_result ? await valueIn(call, event.step_result) : null;
  const { child_execution_id, path } = event;
  return {
    status: "ok",
    data: {
      ...(isObject(result) ? (result as JsonObject) : {}),
      status: "COMPLETED",
      execution_id: child_execution_id,
      path,
      return_step: wait.return_step,
      result,
      data: result,
    },
  };
}

function childFailed(event: ChildCompleted): ToolDone {
  const { child_execution_id, path, error, failed_step } = event;
  // A child that could not be started failed for a reason of its own (not_found, limit, configuration).
  if (child_execution_id === null && error) return { status: "error", error, data: { status: event.status, path } };
  const ended = event.status === "CANCELLED" ? "was cancelled" : "failed";
  const because = error?.message === undefined ? "" : `: ${error.message}`;
  return {
    status: "error",
    data: {
      status: event.status,
      execution_id: child_execution_id,
      path,
      ...(error && { error: error as unknown as JsonObject }),
    },
    error: {
      kind: "child_failed",
      retryable: false,
      code: event.status === "CANCELLED" ? "CHILD_CANCELLED" : "CHILD_FAILED",
      message: `the child playbook ${path} ${ended}${because}`,
      details: {
        execution_id: child_execution_id,
        failed_step: failed_step ?? null,
        ...(error && { error: error as unknown as JsonObject }),
      },
    },
  };
}

async function valueIn(call: Call, value: ResultValue): Promise<Json> {
  return "data" in value ? value.data : call.host.getResult(value.ref.ref);
}

function nameOf(wait: Extract<Wait, { kind: "child" }>): string {
  return wait.path ?? wait.catalog_id ?? "";
}
