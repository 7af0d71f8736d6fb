import type { Command } from "@noetl/engine";
import type { NewCommand } from "@noetl/store";

/** A command that was claimed for a worker in the transaction that issued it. */
export interface Given {
  execution_id: string;
  row: NewCommand;
  command: Command;
  fence: number;
}

/**
 * Room at a worker that takes whatever it is given: its claim is written with the command, nobody has to ask. Exactly one of
 * the two is called.
 */
export interface Seat {
  worker_id: string;
  /** after the transaction */
  give(given: Given): void;
  /** the transaction does not hold, or nobody knows */
  back(): void;
}

/** Room for a command of this pool, if there is any. */
export type Seats = (pool: string) => Seat | undefined;

/** The first claim of a command. */
const FIRST_FENCE = 1;

/** Seats taken in one turn: all are given what was issued, or all go back. */
export interface Seating {
  /** the row with its claim, where there is room; else as it is */
  place(row: NewCommand, command: Command | undefined, eventId: () => string): NewCommand;
  give(executionId: string): void;
  back(): void;
}

/** `leaseMs`: how long a worker may take until its first heartbeat. */
export function seating(seats: readonly Seats[], leaseMs: number): Seating {
  const taken: { seat: Seat; row: NewCommand; command: Command }[] = [];
  return {
    place(row, command, eventId) {
      if (!command || row.attempt > 1) return row;
      for (const room of seats) {
        const seat = room(row.pool);
        if (!seat) continue;
        const claim = { worker_id: seat.worker_id, lease_ms: leaseMs, event_id: eventId() };
        const claimed = { ...row, claim };
        taken.push({ seat, row: claimed, command });
        return claimed;
      }
      return row;
    },
    give(execution_id) {
      for (const { seat, row, command } of taken.splice(0))
        seat.give({ execution_id, row, command, fence: FIRST_FENCE });
    },
    back() {
      for (const { seat } of taken.splice(0)) seat.back();
    },
  };
}
