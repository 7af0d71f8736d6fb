import { type ErrorInfo, ensureError, isNoetlError, type Json, type Meaning } from "@noetl/core";
import { childOutcome, type EventBody, type LogEvent, type WaitingCall } from "@noetl/engine";
import type { Live } from "./live.ts";
import type { Started, StartInput } from "./start.ts";
import type { Turned, Turns } from "./turn.ts";

/**
 * Runs that `playbook` steps wait for (DSL §20, server-api §4.10). A parent holds nothing meanwhile: its call is parked in
 * the log. Both halves may be done twice without harm: starting is de-duplicated by the parent's command, the answer by
 * the engine, which ignores it once the wait is over.
 */
export interface Children {
  /** What a turn asks for: children to start, answers to give to a parent, children to cancel. */
  follow(turned: Turned): Promise<void>;
  /** The same for a run found in the store (start-up, sweep): whatever was lost between two transactions. */
  ensure(live: Live): Promise<void>;
}

export interface ChildPorts {
  turns: Turns;
  start(input: StartInput): Promise<Started>;
  cancel(executionId: string, reason: string): Promise<void>;
  /** the body of a stored result */
  result(ref: string): Promise<Json>;
}

/** The sweep tries again; anything else will not get better. */
const LATER: ReadonlySet<Meaning> = new Set(["unavailable", "timeout", "conflict", "retryable"]);
const DEDUP_WINDOW_MS = 7 * 24 * 3_600_000;

export function openChildren(ports: ChildPorts): Children {
  async function begin(parent: Live, call: WaitingCall): Promise<void> {
    if (call.wait.kind !== "child" || call.child !== undefined) return;
    const { wait } = call;
    const at = { step: call.step, run: call.run, command_id: call.command_id };
    const parentId = parent.summary.execution_id;
    let body: EventBody;
    try {
      const started = await ports.start({
        ...(wait.path === undefined ? {} : { path: wait.path }),
        ...(wait.catalog_id === undefined ? {} : { catalog_id: wait.catalog_id }),
        ...(wait.version === undefined || wait.version === "latest" ? {} : { version: Number(wait.version) }),
        ...(wait.pool === undefined ? {} : { pool: wait.pool }),
        payload: wait.payload,
        merge: "shallow",
        dedup: { key: call.command_id, window_ms: DEDUP_WINDOW_MS },
        parent: {
          execution_id: parentId,
          command_id: call.command_id,
          step: call.step,
          root_execution_id: parent.summary.root_execution_id,
          depth: parent.depth + 1,
        },
      });
      body = { type: "child.started", ...at, child_execution_id: started.execution_id, path: started.path };
    } catch (error) {
      const cause = ensureError(error);
      if (isNoetlError(cause) && LATER.has(cause.meaning)) throw cause;
      body = {
        type: "child.completed",
        ...at,
        child_execution_id: null,
        path: wait.path ?? wait.catalog_id ?? "",
        status: "FAILED",
        result: { data: null },
        error: errorInfo(cause),
      };
    }
    // Somebody else may have begun it as well: it was the same child, and is reported once.
    await ports.turns.take(parentId, ({ run }) =>
      [...run.waiting()].some((one) => one.command_id === call.command_id && one.child === undefined) ? [body] : [],
    );
    // The child may have ended before its parent knew of it.
    if (body.type === "child.started" && wait.wait) await answer(body.child_execution_id);
  }

  async function answer(childId: string): Promise<void> {
    // In a turn of its own: what a child decided is told to nobody before it is stored.
    const child = await ports.turns.read(childId, (found) => found);
    const { parent_execution_id } = child.summary;
    if (parent_execution_id === null || !ended(child.run.status)) return;
    const call = await ports.turns.read(parent_execution_id, (parent) => callOf(parent, childId));
    if (!call) return;
    const { step, run, command_id, wait } = call;
    const at = { step, run, command_id, child_execution_id: childId, path: child.summary.path };
    const outcome = await childOutcome(child.run, wait, ports.result);
    await ports.turns.take(parent_execution_id, (parent) =>
      callOf(parent, childId)?.command_id === command_id ? [{ type: "child.completed", ...at, ...outcome }] : [],
    );
  }

  /** How many of a run's forsaken children were told: asking one means to load it. */
  const told = new WeakMap<Live["run"], number>();

  async function forsake({ run }: Live): Promise<void> {
    const forsaken = [...run.forsaken];
    for (const childId of forsaken.slice(told.get(run))) await ports.cancel(childId, "its caller has stopped waiting");
    told.set(run, forsaken.length);
  }

  async function ensure(live: Live): Promise<void> {
    await forsake(live);
    if (ended(live.run.status)) {
      if (live.summary.parent_execution_id !== null) await answer(live.summary.execution_id);
      return;
    }
    for (const call of [...live.run.waiting()]) {
      if (call.wait.kind !== "child") continue;
      if (call.child === undefined) await begin(live, call);
      else if (call.stop) await ports.cancel(call.child, "the parent was cancelled");
      else if (call.wait.wait) await answer(call.child);
    }
  }

  return {
    ensure,
    async follow({ live, events }) {
      const parked = new Set(
        events.flatMap((event) =>
          event.type === "call.parked" && event.wait.kind === "child" ? [event.command_id] : [],
        ),
      );
      if (parked.size > 0) {
        for (const call of [...live.run.waiting()]) if (parked.has(call.command_id)) await begin(live, call);
      }
      if (events.some(cancels)) {
        for (const call of [...live.run.waiting()]) {
          if (call.stop && call.child !== undefined) await ports.cancel(call.child, "the parent was cancelled");
        }
        await forsake(live);
      }
      if (ended(live.run.status) && live.summary.parent_execution_id !== null) await answer(live.summary.execution_id);
    },
  };
}

/** The call that waits for the end of this child. */
function callOf(parent: Live, childId: string): WaitingCall | undefined {
  return parent.run.waiting().find((call) => call.child === childId && call.wait.kind === "child" && call.wait.wait);
}

function cancels(event: LogEvent): boolean {
  return event.type === "execution.cancel_requested" || event.type === "timer.fired";
}

export function ended(status: string): boolean {
  return status === "COMPLETED" || status === "FAILED" || status === "CANCELLED";
}

const KINDS: { [meaning: string]: ErrorInfo["kind"] } = {
  not_found: "not_found",
  auth: "auth",
  timeout: "timeout",
};

function errorInfo(error: Error): ErrorInfo {
  if (!isNoetlError(error)) return { kind: "unknown", retryable: false, message: error.message };
  return { kind: KINDS[error.meaning] ?? "configuration", retryable: false, message: error.message, code: error.code };
}
