import type { ClaimInput, CommandRow, ReclaimReason } from "../port/commands.ts";

const STALE = 30_000;
const HARD = 1_800_000;

export interface Owner {
  status: string;
  heartbeat: number;
}

export type Verdict =
  | { take: true; reason: ReclaimReason }
  | { take: false; reason: "active_claim" | "healthy_worker" | "mine" };

/** May `input.worker_id` have a command that is held already? The table of server-api §4.4, in its order. */
export function judge(command: CommandRow, owner: Owner | undefined, input: ClaimInput, now: number): Verdict {
  const { stale_ms = STALE, hard_ms = HARD } = input;
  const age = now - (command.claimed_at ?? 0);
  if (command.worker_id === input.worker_id) {
    return age >= hard_ms ? { take: true, reason: "same_worker_hard_timeout" } : { take: false, reason: "mine" };
  }
  if ((command.lease_until ?? 0) > now) return { take: false, reason: "active_claim" };
  // It was given to a worker that has never been heard of since: nobody knows whether it was told.
  if (command.heartbeat_at === null) return { take: true, reason: "lease_expired" };
  if (!owner) return { take: true, reason: "lease_expired" };
  if (owner.status !== "ready") return { take: true, reason: "worker_inactive" };
  if (now - owner.heartbeat > stale_ms) return { take: true, reason: "worker_heartbeat_stale" };
  return age < hard_ms
    ? { take: false, reason: "healthy_worker" }
    : { take: true, reason: "healthy_worker_hard_timeout" };
}
