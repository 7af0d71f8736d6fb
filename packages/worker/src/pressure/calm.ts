import type { Clock, Gate } from "@noetl/core";

/** A gate that also waits while more than `most` calls wait for a connection to a database (worker-and-tools §4.4). */
export function calmGate(gate: Gate, ports: { waiting(): number; most: number; pauseMs: number; clock: Clock }): Gate {
  const { waiting, most, pauseMs, clock } = ports;
  return {
    async enter(signal) {
      const leave = await gate.enter(signal);
      try {
        while (waiting() > most) await clock.sleep(pauseMs, signal);
        return leave;
      } catch (error) {
        leave();
        throw error;
      }
    },
    get waiting() {
      return gate.waiting;
    },
  };
}
