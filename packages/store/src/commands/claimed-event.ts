import { type EventRow, toRow } from "../log/event-row.ts";

/** `command.claimed`, which the server writes in the transaction of the claim (worker-and-tools §4.2). */
export function claimedEvent(
  command: { step: string; command_id: string },
  claim: { worker_id: string; event_id: string },
  now: number,
): EventRow {
  return toRow({
    type: "command.claimed",
    step: command.step,
    run: Number(/^#(\d+)/.exec(command.command_id.slice(command.step.length))?.[1] ?? 1),
    command_id: command.command_id,
    worker_id: claim.worker_id,
    event_id: claim.event_id,
    execution_id: "",
    seq: 0,
    ts: now,
  });
}
