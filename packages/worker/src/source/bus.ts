import type { Bus, Hint as BusHint, Outcome, Subscription } from "@noetl/bus";
import { type Clock, ensureError } from "@noetl/core";
import type { Log } from "../log.ts";
import type { ControlPlane } from "../plane/control-plane.ts";
import { type Delivery, deliveryOf, type Source } from "./source.ts";

export interface BusSourceOptions {
  /** rejects while the broker cannot be reached */
  open(): Promise<Bus>;
  /** asked directly when the broker lost hints */
  server: ControlPlane;
  worker: string;
  pools: readonly string[];
  capacity: number;
  clock: Clock;
  log: Log;
}

/** A quiet broker is reported as such, so that a quiet worker is known to be well; longer than its pauses between attempts. */
const IDLE_MS = 20_000;
/** How long the server may look for them, ms. */
const SWEEP_MS = 500;

/**
 * Hints from a broker. It hands over no more than there is room for, and each stays its own until it is settled, so a
 * worker that dies loses none. States: *closed* → (first `next`) *subscribed* → (`close`) *closing*: nothing is taken,
 * what lies here goes back.
 */
export function busSource(options: BusSourceOptions): Source {
  const { server, worker, pools, capacity, log } = options;
  const ready: Delivery[] = [];
  let wake: () => void = () => {};
  let opening: Promise<{ bus: Bus; subscription: Subscription }> | undefined;
  const closing = new AbortController();
  let trouble: Error | undefined;

  const push = (delivery: Delivery) => {
    ready.push(delivery);
    wake();
  };

  const handle = (hint: BusHint, attempt: number): Promise<Outcome> =>
    new Promise((resolve) => {
      if (closing.signal.aborted) return resolve({ again: 0 });
      push({ hint, attempt, done: () => resolve("ack"), later: (ms) => resolve({ again: ms }) });
    });

  /** What the broker forgot, or gave to a worker that is gone, is still in the store. */
  async function sweep(): Promise<void> {
    try {
      while (!closing.signal.aborted) {
        const hints = await server.poll({ worker, pools, max: capacity, wait_ms: SWEEP_MS }, closing.signal);
        for (const hint of hints) push(deliveryOf(hint));
        if (hints.length < capacity) return;
      }
    } catch (error) {
      if (!closing.signal.aborted) log.warn("cannot look for lost hints", { error });
    }
  }

  function subscribe() {
    opening ??= (async () => {
      const bus = await options.open();
      const subscription = await bus.subscribe(pools, ({ hint, attempt }) => handle(hint, attempt), {
        inFlight: capacity,
        onGap: () => void sweep(),
        onTrouble: (error) => {
          trouble = error;
          log.warn("the broker does not answer; trying again", { error });
        },
      });
      void sweep();
      return { bus, subscription };
    })().catch((error: unknown) => {
      opening = undefined;
      throw ensureError(error);
    });
    return opening;
  }

  async function somethingOr(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        wake = () => {};
        resolve();
      };
      const timer = setTimeout(end, ms);
      wake = end;
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
    });
  }

  return {
    async next(max, signal) {
      await subscribe();
      if (ready.length === 0) await somethingOr(IDLE_MS, signal);
      if (signal.aborted) return [];
      if (ready.length === 0) void sweep();
      if (ready.length === 0 && trouble) {
        const cause = trouble;
        trouble = undefined;
        throw cause;
      }
      return ready.splice(0, max);
    },
    async onCancel(executionId, cancelled) {
      const { bus } = await subscribe();
      const listening = await bus.listen(`cancel.${executionId}`, cancelled);
      return () => void listening.close();
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      for (const delivery of ready.splice(0)) delivery.later(0);
      const opened = await opening?.catch(() => undefined);
      if (!opened) return;
      await opened.subscription.close();
      await opened.bus.close();
    },
  };
}
