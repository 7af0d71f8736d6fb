import { type Clock, ensureError, isNoetlError, type Random } from "@noetl/core";
import type { CallDone, CallError, CallParked, Command, EventBody } from "@noetl/engine";
import { type PipelineHost, type Progress, runCommand } from "@noetl/pipeline";
import type { Registry, Resources } from "@noetl/tools";
import type { ControlPlane } from "./control-plane.ts";
import type { Outbox } from "./outbox.ts";
import type { Delivery } from "./source.ts";

export interface WorkPorts {
  server: ControlPlane;
  outbox: Outbox;
  registry: Registry;
  resources: Resources;
  clock: Clock;
  random: Random;
  worker: string;
  environment: PipelineHost["environment"];
  /** lease extension, ms; the first one after a full interval */
  heartbeatMs: number;
  onProgress(progress: Progress): void;
  log(message: string): void;
}

export type Worked =
  | "completed"
  | "failed"
  | "parked"
  | "cancelled"
  | "taken"
  | "gone"
  | "lost"
  | "released"
  | "unreachable";

/**
 * One command from hint to accepted report (worker-and-tools §5): claim → `command.started` → run under heartbeats → terminal
 * batch in one transaction. Aborting `stop` gives the command back when it has not begun, else lets it be cut short.
 */
export async function work(ports: WorkPorts, delivery: Delivery, stop: AbortSignal): Promise<Worked> {
  const { server, worker } = ports;
  const { hint } = delivery;
  let claimed: Awaited<ReturnType<ControlPlane["claim"]>>;
  try {
    claimed = await server.claim(hint, worker);
  } catch (error) {
    const cause = ensureError(error);
    delivery.later(isNoetlError(cause) && cause.after !== undefined ? cause.after * 1_000 : 1_000);
    ports.log(`cannot claim ${hint.command_id}: ${cause.message}`);
    return "unreachable";
  }
  if (claimed.outcome === "gone") {
    delivery.done();
    return "gone";
  }
  if (claimed.outcome === "taken") {
    delivery.later(claimed.retry_ms);
    return "taken";
  }
  const { command, fence } = claimed;
  if (stop.aborted) {
    await server.release(hint, worker, fence);
    delivery.later(0);
    return "released";
  }
  const watch = keepLease(ports, delivery, fence, stop);
  let outcome: CallDone | CallError | CallParked;
  try {
    outcome = await runCommand(command, hostOf(ports, command), watch.signal);
  } finally {
    watch.end();
  }
  if (watch.lost()) {
    delivery.done();
    return "lost";
  }
  const events = [outcome, terminal(command, outcome)];
  const sent = await ports.outbox.send({ hint, worker, fence, key: `${hint.event_id}:${fence}`, events });
  delivery.done();
  if (sent === "refused") return "lost";
  if (outcome.type === "call.parked") return "parked";
  if (outcome.type === "call.done") return "completed";
  return outcome.envelope.error.kind === "cancelled" ? "cancelled" : "failed";
}

function terminal(command: Command, outcome: CallDone | CallError | CallParked): EventBody {
  const { step, run, command_id, iteration } = command.issued;
  const end = { step, run, command_id, ...(iteration === undefined ? {} : { iteration }) };
  if (outcome.type === "call.parked") return { type: "command.completed", ...end, pending_callback: true };
  if (outcome.type === "call.done") return { type: "command.completed", ...end };
  return { type: outcome.envelope.error.kind === "cancelled" ? "command.cancelled" : "command.failed", ...end };
}

function keepLease(ports: WorkPorts, delivery: Delivery, fence: number, stop: AbortSignal) {
  const controller = new AbortController();
  let lost = false;
  const beat = async () => {
    try {
      const { held, stop: cancelled } = await ports.server.extend(delivery.hint, ports.worker, fence);
      if (!held) lost = true;
      if (!held || cancelled) controller.abort(new Error(held ? "the run is being cancelled" : "the lease was lost"));
    } catch (error) {
      // The lease outlives several beats; if the server stays away another worker will get the command, and ours is fenced.
      ports.log(`cannot extend the lease of ${delivery.hint.command_id}: ${ensureError(error).message}`);
    }
  };
  const timer = setInterval(() => void beat(), ports.heartbeatMs);
  const abort = () => controller.abort(stop.reason);
  stop.addEventListener("abort", abort, { once: true });
  return {
    signal: controller.signal,
    lost: () => lost,
    end() {
      clearInterval(timer);
      stop.removeEventListener("abort", abort);
    },
  };
}

function hostOf(ports: WorkPorts, command: Command): PipelineHost {
  const { server } = ports;
  return {
    tool: (kind) => ports.registry.get(kind),
    clock: ports.clock,
    random: ports.random,
    resources: ports.resources,
    credential: (name) => server.credential(name, command.execution_id),
    putResult: (input) => server.putResult(input),
    getResult: (ref) => server.getResult(ref),
    keychainCache: { get: (key) => server.keychainGet(key), put: (key, entry) => server.keychainPut(key, entry) },
    environment: ports.environment,
    onProgress: ports.onProgress,
  };
}
