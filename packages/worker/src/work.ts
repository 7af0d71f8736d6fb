import { type Clock, type ErrorInfo, ensureError, type Gate, isNoetlError, type Random } from "@noetl/core";
import type { CallDone, CallError, CallParked, Command, EventBody } from "@noetl/engine";
import { runCommand } from "@noetl/pipeline";
import type { CommandHost } from "./host/command-host.ts";
import { keepLease, type Lease } from "./lease.ts";
import type { Log } from "./log.ts";
import type { Observer } from "./observe.ts";
import type { Outbox, Sent } from "./outbox.ts";
import type { Claimed, ControlPlane, Offer, Room } from "./plane/control-plane.ts";
import type { Delivery, Source } from "./source/source.ts";

export interface WorkPorts {
  server: ControlPlane;
  source: Source;
  outbox: Outbox;
  host: CommandHost;
  /** for commands that talk to databases */
  databases: Gate;
  clock: Clock;
  random: Random;
  worker: string;
  /** what may be given to this worker in the place of a command it has done; absent = nothing */
  room?(): Room | undefined;
  /** longest time between two extensions of a lease, ms */
  heartbeatMs: number;
  /** limit of a whole command, ms; undefined = the playbook's own limits only */
  commandTimeoutMs: number | undefined;
  observer: Observer;
  log: Log;
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

type Outcome = CallDone | CallError | CallParked;

/** A server that cannot be asked is not asked a thousand times a second, ms. */
const CLAIM_AGAIN = { firstMs: 250, longestMs: 10_000 };

/**
 * One command from hint to accepted report (worker-and-tools §5): claim → run under a lease → terminal batch in one
 * transaction. When `stop` aborts, what runs is cut short and goes back to the queue: another worker runs it again, as if this
 * one had died (DSL §18.7), and what was finished by then is still reported.
 */
export async function work(
  ports: WorkPorts,
  delivery: Delivery,
  stop: AbortSignal,
): Promise<{ end: Worked; next: readonly Offer[] }> {
  const { hint } = delivery;
  const claimed = delivery.claimed ?? (await claim(ports, delivery));
  if (delivery.claimed) ports.observer.claimed("claimed", 0);
  if (typeof claimed === "string") return { end: claimed, next: [] };
  const { command, fence } = claimed;
  const server = ports.server.at(hint.server_url);
  const lease = keepLease({ ...ports, server }, delivery, claimed, stop);
  try {
    const outcome = stop.aborted ? undefined : await run({ ...ports, server }, command, lease);
    if (lease.lost) {
      delivery.done();
      return { end: "lost", next: [] };
    }
    if (!outcome || (stop.aborted && wasCut(outcome) && !lease.cancelled)) {
      return { end: await release(ports, delivery, fence), next: [] };
    }
    return await report(ports, delivery, command, fence, outcome);
  } finally {
    lease.end();
  }
}

async function claim(
  ports: WorkPorts,
  delivery: Delivery,
): Promise<Extract<Claimed, { outcome: "claimed" }> | "taken" | "gone" | "unreachable"> {
  const { hint, attempt } = delivery;
  const started = ports.clock.now();
  let claimed: Claimed;
  try {
    claimed = await ports.server.at(hint.server_url).claim(hint, ports.worker);
  } catch (thrown) {
    const error = ensureError(thrown);
    const ladder = Math.min(CLAIM_AGAIN.firstMs * 2 ** (attempt - 1), CLAIM_AGAIN.longestMs);
    const asked = isNoetlError(error) && error.after !== undefined ? error.after * 1_000 : 0;
    delivery.later(Math.max(ladder, asked));
    ports.observer.claimed("failed", ports.clock.now() - started);
    ports.log.warn("cannot claim a command", { command_id: hint.command_id, error });
    return "unreachable";
  }
  const unknown = claimed.outcome === "gone" && claimed.reason === "unknown";
  ports.observer.claimed(unknown ? "unknown" : claimed.outcome, ports.clock.now() - started);
  if (claimed.outcome === "claimed") return claimed;
  if (claimed.outcome === "taken") {
    delivery.later(claimed.retry_ms);
    return "taken";
  }
  if (unknown)
    ports.log.error("the server does not know a command that was announced", { command_id: hint.command_id });
  delivery.done();
  return "gone";
}

/** Undefined when it never began. */
async function run(ports: WorkPorts, command: Command, lease: Lease): Promise<Outcome | undefined> {
  const { kind } = command.issued;
  let leave = () => {};
  if (ports.host.usesDatabase(command)) {
    try {
      leave = await ports.databases.enter(lease.signal);
    } catch (error) {
      // A cancelled command is run after all: it ends at once, and says so.
      if (!lease.signal.aborted) throw error;
      if (!lease.cancelled) return undefined;
    }
  }
  const started = ports.clock.now();
  try {
    const outcome = await runCommand(
      limited(command, ports, started),
      ports.host.of(command, ports.server),
      lease.signal,
    );
    const what = outcome.type === "call.done" ? "done" : outcome.type === "call.parked" ? "parked" : "error";
    ports.observer.ran(kind, ports.clock.now() - started, what);
    return outcome;
  } finally {
    leave();
  }
}

function limited(command: Command, { commandTimeoutMs }: WorkPorts, now: number): Command {
  if (commandTimeoutMs === undefined) return command;
  return { ...command, deadline: Math.min(command.deadline ?? Number.POSITIVE_INFINITY, now + commandTimeoutMs) };
}

function wasCut(outcome: Outcome): boolean {
  return outcome.type === "call.error" && outcome.envelope.error.kind === "cancelled";
}

/** Back to the queue at once, not when the lease lapses. */
async function release(ports: WorkPorts, delivery: Delivery, fence: number): Promise<Worked> {
  const { hint } = delivery;
  try {
    await ports.server.at(hint.server_url).release(hint, ports.worker, fence);
  } catch (error) {
    // Its lease lapses by itself.
    ports.log.warn("cannot give a command back", { command_id: hint.command_id, error: ensureError(error) });
  }
  delivery.later(0);
  return "released";
}

async function report(
  ports: WorkPorts,
  delivery: Delivery,
  command: Command,
  fence: number,
  outcome: Outcome,
): Promise<{ end: Worked; next: readonly Offer[] }> {
  const { hint } = delivery;
  const send = (ended: Outcome, key: string) => {
    const next = ports.room?.();
    const events = [ended, terminal(command, ended)];
    return ports.outbox.send({ hint, worker: ports.worker, fence, key, events, ...(next ? { next } : {}) });
  };
  const started = ports.clock.now();
  const key = `${hint.event_id}:${fence}`;
  let sent = await send(outcome, key);
  let said = outcome;
  if (sent.outcome === "refused") {
    // Better a failed step with a reason than one that is run again and again.
    said = refused(command, sent.error);
    sent = await send(said, `${key}:refused`);
  }
  ports.observer.reported(said.type, ports.clock.now() - started, sent.outcome);
  delivery.done();
  return { end: endOf(said, sent), next: sent.outcome === "accepted" ? (sent.next ?? []) : [] };
}

function endOf(said: Outcome, sent: Sent): Worked {
  if (sent.outcome === "refused" || sent.outcome === "fenced") return "lost";
  if (said.type === "call.parked") return "parked";
  if (said.type === "call.done") return "completed";
  return said.envelope.error.kind === "cancelled" ? "cancelled" : "failed";
}

function siteOf(command: Command) {
  const { step, run, command_id, iteration } = command.issued;
  return { step, run, command_id, ...(iteration === undefined ? {} : { iteration }) };
}

function terminal(command: Command, outcome: Outcome): EventBody {
  const end = siteOf(command);
  if (outcome.type === "call.parked") return { type: "command.completed", ...end, pending_callback: true };
  if (outcome.type === "call.done") return { type: "command.completed", ...end };
  return { type: outcome.envelope.error.kind === "cancelled" ? "command.cancelled" : "command.failed", ...end };
}

function refused(command: Command, cause: Error): CallError {
  const error: ErrorInfo = {
    kind: "unknown",
    retryable: false,
    code: "REPORT_REFUSED",
    message: `the server did not take the result: ${cause.message}`,
  };
  return {
    type: "call.error",
    ...siteOf(command),
    updates: [],
    envelope: {
      status: "error",
      data: null,
      error,
      meta: { attempt: command.issued.attempt, duration_ms: 0, tool: command.issued.kind, started_at: "" },
    },
  };
}
