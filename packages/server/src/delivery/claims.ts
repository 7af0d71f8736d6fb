import { type Ids, type Json, type JsonObject, NoetlError } from "@noetl/core";
import type { Command } from "@noetl/engine";
import type { CommandRow, Store } from "@noetl/store";
import type { ServerConfig } from "../config/config.ts";
import { type Runs, readCommandBody } from "../runs/index.ts";

export interface Claimed {
  row: CommandRow;
  command: Command;
  /** the same worker asked again */
  again: boolean;
  reclaimed?: { from: string; reason: string };
}

/** Who may work on a command, and until when (server-api §4.4). */
export interface Claims {
  /** Meanings: `not_found`; `conflict` with code `active_claim`, `already_terminal` or `execution_cancelled`. */
  claim(eventId: string, workerId: string): Promise<Claimed>;
  /** The command without claiming it. */
  read(eventId: string): Promise<{ row: CommandRow; command: Command | undefined }>;
  /** Extends the lease; `stop`: the run is being cancelled. */
  heartbeat(held: Held): Promise<{ held: boolean; stop: boolean; status: string }>;
  release(held: Held): Promise<boolean>;
}

export interface Held {
  event_id: string;
  worker_id: string;
  fence?: number;
}

export interface ClaimPorts {
  store: Store;
  runs: Runs;
  ids: Ids;
  policy: ServerConfig["claim"];
  /** other servers write to the same store */
  shared: boolean;
  /** It left the queue, or came back to it. */
  moved(row: CommandRow, to: "held" | "free"): void;
  observe(outcome: string, row: CommandRow | undefined): void;
}

export function openClaims(ports: ClaimPorts): Claims {
  const { store, runs, ids, policy } = ports;

  async function bodyOf(row: CommandRow, body: Json): Promise<Command | undefined> {
    return (await readCommandBody(store, body)) ?? (await runs.command(row.execution_id, row.command_id));
  }

  /** Is its run being cancelled? Not so for what runs after all, such as a final step. */
  async function isStopped(executionId: string, commandId: string, told?: string): Promise<boolean> {
    const known = ports.shared ? undefined : runs.peek(executionId)?.run.status;
    const status = known ?? told ?? (await store.executions.get(executionId))?.status;
    if (status === "RUNNING" || status === "PENDING") return false;
    if (status !== "CANCELLING") return true;
    const { run } = await runs.get(executionId);
    return run.pending().some((pending) => pending.command_id === commandId && pending.stop === true);
  }

  /** Says of an open command that it is lost, or cancelled before anybody began. */
  async function say(type: "command.lost" | "command.cancelled", row: CommandRow): Promise<void> {
    await runs.report(row.execution_id, (live) => {
      const open = live.run.command(row.command_id);
      if (!open) return [];
      const { step, run, command_id, iteration } = open.issued;
      return [{ type, step, run, command_id, ...(iteration === undefined ? {} : { iteration }) }];
    });
  }

  return {
    async claim(eventId, workerId) {
      const claim = await store.commands.claim({
        event_id: eventId,
        worker_id: workerId,
        lease_ms: policy.leaseMs,
        stale_ms: policy.staleMs,
        hard_ms: policy.hardMs,
        claimed_event_id: ids.next(),
      });
      const row = claim.command;
      if (claim.outcome === "terminal") {
        ports.observe("already_terminal", row);
        throw terminal(row);
      }
      if (claim.outcome === "active") {
        ports.observe(claim.reason, row);
        throw active(row, claim.reason, policy.retryAfterSeconds);
      }
      ports.moved(row, "held");
      if (claim.reclaimed && row.claims > policy.maxClaims) {
        // Every worker that took it was lost: the engine issues it anew, or fails its call (DSL §18.7).
        await say("command.lost", row);
        ports.observe("given_up", row);
        throw terminal(row);
      }
      if (await isStopped(row.execution_id, row.command_id, claim.run)) {
        await say("command.cancelled", row);
        ports.observe("execution_cancelled", row);
        throw new NoetlError("conflict", "execution_cancelled", `execution ${row.execution_id} is being cancelled`, {
          data: { status: "CANCELLED" },
        });
      }
      const command = await bodyOf(row, claim.body);
      if (!command) {
        ports.observe("already_terminal", row);
        throw terminal(row);
      }
      ports.observe(claim.reclaimed ? "reclaimed" : claim.again ? "again" : "claimed", row);
      return { row, command, again: claim.again, ...(claim.reclaimed ? { reclaimed: claim.reclaimed } : {}) };
    },
    async read(eventId) {
      const found = await store.commands.get(eventId);
      if (!found) throw new NoetlError("not_found", "COMMAND_NOT_FOUND", `command not found: ${eventId}`);
      const { body, ...row } = found;
      return { row, command: await bodyOf(row, body) };
    },
    async heartbeat(held) {
      const { held: mine, status } = await store.commands.heartbeat({ ...held, lease_ms: policy.leaseMs });
      if (!mine) return { held: false, stop: true, status };
      const row = await store.commands.get(held.event_id);
      return { held: true, stop: row !== undefined && (await isStopped(row.execution_id, row.command_id)), status };
    },
    async release(held) {
      const released = await store.commands.release(held);
      if (released) {
        const row = await store.commands.get(held.event_id);
        if (row) ports.moved(row, "free");
      }
      return released;
    },
  };
}

function terminal(row: CommandRow): NoetlError {
  return new NoetlError("conflict", "already_terminal", `command ${row.event_id} is not open any more`, {
    data: { status: row.status },
  });
}

function active(row: CommandRow, reason: string, after: number): NoetlError {
  const data: JsonObject = { worker_id: row.worker_id, claim_policy: reason, lease_until: row.lease_until };
  return new NoetlError("conflict", "active_claim", `command ${row.event_id} is held by ${row.worker_id}`, {
    data,
    after,
  });
}
