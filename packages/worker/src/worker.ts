import { ensureError } from "@noetl/core";
import type { Hint, Offer, WorkerIdentity } from "./plane/control-plane.ts";
import { recently } from "./recently.ts";
import { type Delivery, deliveryOf } from "./source/source.ts";
import { type Worked, type WorkPorts, work } from "./work.ts";

/**
 * States of a worker:
 *   *starting*  registers with backoff; leaves when the server knows it
 *   *working*   fetches hints while it has room, works on them, heart-beats
 *   *draining*  entered by `drain`: fetches nothing; leaves when nothing runs or the patience is over
 *   *stopped*   deregistered, source closed
 */
export type WorkerState = "starting" | "working" | "draining" | "stopped";

export interface Worker {
  readonly state: WorkerState;
  readonly running: number;
  /** ms since 1970 of the last time it did something or learned that there is nothing to do (`/readyz`) */
  readonly lastProgress: number;
  /** Resolves when the worker has stopped. Rejects when it could never register. */
  run(): Promise<void>;
  /** Finishes what runs, for at most `patienceMs`, then gives it back. */
  drain(patienceMs: number): void;
}

export interface WorkerOptions {
  identity: WorkerIdentity;
  ports: WorkPorts;
  /** whose commands it may be given in answer to a report; absent = none, it is told of all by its source */
  pools?: readonly string[];
  /** of the worker itself, ms */
  heartbeatMs: number;
  /** how long to try to register, ms */
  registerPatienceMs: number;
  /** how many commands at a time are good for the server */
  limit?(): number;
  /** the server knows it now */
  registered?(): Promise<void>;
}

/** A hint that comes again within this time after its command was reported is dropped without a question, ms. */
const REMEMBERED_MS = 120_000;
const DEREGISTER_MS = 5_000;

export function openWorker(options: WorkerOptions): Worker {
  const { identity, ports, heartbeatMs, registerPatienceMs } = options;
  const { clock, log, server, source, outbox, observer } = ports;
  let state: WorkerState = "starting";
  let lastProgress = clock.now();
  const fetching = new AbortController();
  const cut = new AbortController();
  const running = new Map<string, Promise<void>>();
  const reported = recently(clock, REMEMBERED_MS);
  let room: () => void = () => {};
  // Who is to stop takes nothing in the place of what it has done.
  const inPlace = { pools: options.pools ?? [], max: 1 };
  const working: WorkPorts =
    inPlace.pools.length === 0
      ? ports
      : { ...ports, room: () => (fetching.signal.aborted || running.size > identity.capacity ? undefined : inPlace) };
  let closing: Promise<void> | undefined;

  /** As many as the server can bear, at most the worker's own. */
  const capacity = () => Math.min(identity.capacity, options.limit?.() ?? identity.capacity);

  async function register(): Promise<void> {
    const until = clock.now() + registerPatienceMs;
    for (let delay = 1_000; ; delay = Math.min(delay * 2, 15_000)) {
      try {
        await server.register(identity);
        return;
      } catch (error) {
        if (fetching.signal.aborted || clock.now() + delay > until) throw error;
        log.warn(`cannot register; next try in ${delay / 1_000} s`, { error: ensureError(error) });
        await clock.sleep(delay, fetching.signal);
      }
    }
  }

  async function beat(): Promise<void> {
    try {
      if (!(await server.heartbeat(identity)).known) await server.register(identity);
      if (outbox.spooled > 0) await outbox.flush();
    } catch (error) {
      log.warn("heartbeat failed", { error: ensureError(error) });
    }
  }

  function begin(delivery: Delivery): void {
    const { event_id, command_id } = delivery.hint;
    // The server gives a claim to the same worker twice: a repeated hint must not run the command beside itself.
    if (running.has(event_id) || reported.has(event_id)) {
      if (running.has(event_id)) delivery.later(REMEMBERED_MS);
      else delivery.done();
      return;
    }
    const started = clock.now();
    const job = work(working, delivery, cut.signal)
      .then(({ end, next }) => {
        if (isReported(end)) reported.add(event_id);
        log.debug(end, { command_id, step: delivery.hint.step, ms: clock.now() - started });
        return next;
      })
      .catch((thrown: unknown): readonly Offer[] => {
        log.error("a command was not brought to its end", { command_id, error: ensureError(thrown) });
        delivery.later(1_000);
        return [];
      })
      .then((next) => {
        lastProgress = clock.now();
        observer.settled(clock.now() - started);
        running.delete(event_id);
        for (const offer of next) accept(deliveryOf(offer));
        room();
      });
    running.set(event_id, job);
  }

  /** What came after the order to drain goes back. */
  function accept(delivery: Delivery): void {
    const { hint, claimed } = delivery;
    if (!fetching.signal.aborted) begin(delivery);
    else if (claimed) giveBack(hint, claimed.fence);
    else delivery.later(0);
  }

  function giveBack(hint: Hint, fence: number): void {
    const giving = server
      .at(hint.server_url)
      .release(hint, identity.id, fence)
      .catch((error: unknown) => log.warn("cannot give a command back", { error: ensureError(error) }))
      .then(() => void running.delete(hint.event_id));
    running.set(hint.event_id, giving);
  }

  async function fetch(): Promise<void> {
    const started = clock.now();
    try {
      const deliveries = await source.next(capacity() - running.size, fetching.signal);
      lastProgress = clock.now();
      observer.pulled(deliveries.length > 0 ? "message" : "empty", clock.now() - started);
      // Answers may cross with the order to drain.
      for (const delivery of deliveries) accept(delivery);
    } catch (error) {
      if (!fetching.signal.aborted) observer.pulled("error", clock.now() - started);
      throw error;
    }
  }

  async function fetchLoop(): Promise<void> {
    let delay = 250;
    while (!fetching.signal.aborted) {
      if (running.size >= capacity()) {
        await new Promise<void>((resolve) => {
          room = resolve;
        });
        continue;
      }
      try {
        await fetch();
        delay = 250;
      } catch (error) {
        if (fetching.signal.aborted) break;
        log.warn(`no commands; next try in ${delay} ms`, { error: ensureError(error) });
        await clock.sleep(delay, fetching.signal).catch(ignoreDrain);
        delay = Math.min(delay * 2, 5_000);
      }
    }
  }

  async function leave(): Promise<void> {
    const told = new AbortController();
    const late = clock.sleep(DEREGISTER_MS, told.signal).catch(() => undefined);
    const telling = server
      .deregister(identity)
      .catch((error: unknown) => log.warn("cannot deregister", { error: ensureError(error) }));
    await Promise.race([telling, late]);
    told.abort();
  }

  const close = () => {
    closing ??= source
      .close()
      .catch((error: unknown) => log.warn("the source did not close", { error: ensureError(error) }));
    return closing;
  };

  return {
    get state() {
      return state;
    },
    get running() {
      return running.size;
    },
    get lastProgress() {
      return lastProgress;
    },
    async run() {
      try {
        await register();
        await options.registered?.();
        if (state === "starting") state = "working";
        lastProgress = clock.now();
        const timer = setInterval(() => void beat(), heartbeatMs);
        try {
          if (outbox.spooled > 0) await outbox.flush();
          await fetchLoop();
          while (running.size > 0) await Promise.all(running.values());
        } finally {
          clearInterval(timer);
        }
        await leave();
      } catch (error) {
        if (!fetching.signal.aborted) throw error;
      } finally {
        state = "stopped";
        await close();
      }
    },
    drain(patienceMs) {
      if (state === "stopped" || state === "draining") return;
      state = "draining";
      fetching.abort(new Error("the worker is draining"));
      room();
      void close();
      const timer = setTimeout(() => {
        cut.abort(new Error("the worker is stopping"));
        outbox.hurry();
      }, patienceMs);
      timer.unref();
    },
  };
}

function isReported(result: Worked): boolean {
  return result === "completed" || result === "failed" || result === "parked" || result === "cancelled";
}

/** The loop looks at the signal itself. */
function ignoreDrain(): void {}
