import type { ErrorInfo, Ids, JsonObject } from "@noetl/core";
import type { WaitingCall } from "@noetl/engine";
import type { Live, Report, Runs } from "../runs/index.ts";

/** How a container ended, as its watcher tells (server-api §2.18). */
export interface ContainerEnd {
  state: "succeeded" | "failed" | "failed_image_pull" | "failed_oom" | "failed_node_lost" | "failed_timeout";
  data: JsonObject;
  reason: string | undefined;
}

/** Goes on with a parked step. `stale`: nothing waits for it any more. */
export async function callback(
  ports: { runs: Runs; ids: Ids },
  target: { execution_id: string; step: string; token: string | undefined },
  end: ContainerEnd,
): Promise<{ stale: boolean; event_id: string | undefined }> {
  const event_id = ports.ids.next();
  const { accepted } = await ports.runs.report(target.execution_id, (live) => reportsOf(live, target, end, event_id));
  return { stale: accepted === 0, event_id: accepted === 0 ? undefined : event_id };
}

function reportsOf(
  live: Live,
  target: { step: string; token: string | undefined },
  end: ContainerEnd,
  event_id: string,
): Report[] {
  const parked = [...live.run.waiting()].find((call) => isAwaited(call, target));
  if (parked) return [outcome(parked, end, event_id)];
  // A worker of an older make parked it in its own way: the command is still open.
  const open = [...live.run.pending()].find((call) => call.step === target.step);
  if (!open) return [];
  const { step, run, command_id, iteration } = open;
  const site = { step, run, command_id, ...(iteration === undefined ? {} : { iteration }) };
  const type = end.state === "succeeded" ? "command.completed" : "command.failed";
  return [outcome(open, end, event_id), { type, ...site }];
}

function isAwaited(call: WaitingCall, target: { step: string; token: string | undefined }): boolean {
  if (call.step !== target.step || call.wait.kind !== "callback") return false;
  return target.token === undefined || call.wait.token === target.token;
}

function outcome(
  call: { step: string; run: number; command_id: string; iteration?: number },
  end: ContainerEnd,
  event_id: string,
): Report {
  const { step, run, command_id, iteration } = call;
  const site = { step, run, command_id, ...(iteration === undefined ? {} : { iteration }), updates: [], event_id };
  const meta = { attempt: 1, duration_ms: 0, tool: "container", started_at: "" };
  if (end.state === "succeeded")
    return { type: "call.done", ...site, envelope: { status: "ok", data: end.data, meta } };
  const timeout = end.state === "failed_timeout";
  const error: ErrorInfo = {
    kind: timeout ? "timeout" : "process",
    retryable: end.state === "failed_node_lost",
    message: end.reason ?? `the container ended: ${end.state}`,
    code: end.state.toUpperCase(),
  };
  return {
    type: "call.error",
    ...site,
    envelope: { status: timeout ? "timeout" : "error", data: end.data, error, meta },
  };
}
