import { ensureError, isNoetlError } from "@noetl/core";
import type { Log } from "../log.ts";
import type { PoolPressure } from "../plane/control-plane.ts";

/** How many commands at a time a server can bear, as far as it shows (worker-and-tools §4.4). */
export interface Pressure {
  /** from 1 to the worker's own capacity */
  readonly limit: number;
  close(): void;
}

const IDLE = 0.4;
/** A burst is no strain: only what is found so many times in a row counts. */
const SUSTAINED = 2;

/**
 * Additive increase, multiplicative decrease: ×0.5 when the server refuses, ×0.75 when
 * calls go on waiting for its pool, up by a tenth of the
 * capacity when it idles. Asked every `everyMs` while commands run; a server without a pool is not asked again.
 */
export function openPressure(ports: {
  capacity: number;
  everyMs: number;
  ask(): Promise<PoolPressure | undefined>;
  running(): number;
  log: Log;
}): Pressure {
  const { capacity, log } = ports;
  let bearable = capacity;
  let strained = 0;
  let asking = false;
  const limit = () => Math.max(1, Math.floor(bearable));
  const scale = (factor: number) => {
    const before = limit();
    bearable = Math.max(1, bearable * factor);
    if (limit() < before) log.warn("the server is busy: fewer commands at a time", { limit: limit(), capacity });
  };

  async function look(): Promise<void> {
    const found = await ports.ask();
    if (found === undefined) return close();
    strained = found.waiting > 0 && found.available <= 0 ? strained + 1 : 0;
    if (found.refused) scale(0.5);
    else if (strained >= SUSTAINED) scale(0.75);
    else if (found.utilization < IDLE) bearable = Math.min(capacity, bearable + Math.max(0.2, capacity / 10));
  }

  const timer = setInterval(() => {
    if (asking || (ports.running() === 0 && bearable === capacity)) return;
    asking = true;
    look()
      .catch((error: unknown) => {
        // An older server has no such page.
        if (isNoetlError(error) && error.meaning === "not_found") close();
        else log.debug("the pool of the server cannot be looked at", { error: ensureError(error) });
      })
      .finally(() => {
        asking = false;
      });
  }, ports.everyMs);
  timer.unref();
  const close = () => clearInterval(timer);

  return {
    get limit() {
      return limit();
    },
    close,
  };
}
