import type { Clock } from "@noetl/core";
import type { WorkerState } from "../worker.ts";

export interface Verdict {
  ok: boolean;
  reasons: string[];
}

export interface HealthPorts {
  clock: Clock;
  state(): WorkerState;
  running(): number;
  capacity: number;
  /** ms since 1970 */
  lastProgress(): number;
}

/** How often the event loop is asked whether it turns, and how late it may be, ms. */
const TURN_MS = 1_000;
const LATE_MS = 5_000;
/** A source that has not answered for so long is not connected (worker-and-tools §8.2), ms. */
const QUIET_MS = 60_000;

/** Is the process alive, and does it take commands? */
export interface Health {
  live(): Verdict;
  ready(): Verdict;
  close(): void;
}

export function openHealth(ports: HealthPorts): Health {
  let turned = ports.clock.now();
  const timer = setInterval(() => {
    turned = ports.clock.now();
  }, TURN_MS);
  timer.unref();
  const quiet = () => ports.clock.now() - ports.lastProgress();
  // A worker whose places are all taken fetches nothing, and need not.
  const stuck = () => ports.running() < ports.capacity && quiet() > QUIET_MS;

  return {
    live() {
      const late = ports.clock.now() - turned - TURN_MS;
      const reasons = late > LATE_MS ? [`the event loop was late by ${late} ms`] : [];
      return verdict(reasons);
    },
    ready() {
      const state = ports.state();
      const reasons: string[] = [];
      if (state !== "working") reasons.push(`the worker is ${state}`);
      else if (stuck()) reasons.push(`the source has not answered for ${Math.round(quiet() / 1_000)} s`);
      return verdict(reasons);
    },
    close: () => clearInterval(timer),
  };
}

function verdict(reasons: string[]): Verdict {
  return { ok: reasons.length === 0, reasons };
}
