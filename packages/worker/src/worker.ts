import { ensureError } from "@noetl/core";
import type { ControlPlane, WorkerIdentity } from "./control-plane.ts";
import type { Outbox } from "./outbox.ts";
import type { Delivery, Source } from "./source.ts";
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
  /** Finishes what runs, for at most `patienceMs`, then cuts it short. */
  drain(patienceMs: number): void;
}

export interface WorkerOptions {
  identity: WorkerIdentity;
  server: ControlPlane;
  source: Source;
  ports: WorkPorts;
  outbox: Outbox;
  heartbeatMs: number;
  /** how long to try to register, ms */
  registerPatienceMs: number;
  worked(result: Worked, delivery: Delivery, ms: number): void;
}

export function openWorker(options: WorkerOptions): Worker {
  const { identity, server, source, ports } = options;
  const { clock, log } = ports;
  let state: WorkerState = "starting";
  let lastProgress = clock.now();
  const fetching = new AbortController();
  const cut = new AbortController();
  const running = new Set<Promise<void>>();
  let room: () => void = () => {};

  async function register(): Promise<void> {
    const until = clock.now() + options.registerPatienceMs;
    for (let delay = 1_000; ; delay = Math.min(delay * 2, 15_000)) {
      try {
        await server.register(identity);
        return;
      } catch (error) {
        if (fetching.signal.aborted || clock.now() + delay > until) throw error;
        log(`cannot register: ${ensureError(error).message}; next try in ${delay / 1_000} s`);
        await clock.sleep(delay);
      }
    }
  }

  async function beat(): Promise<void> {
    try {
      if (!(await server.heartbeat(identity)).known) await server.register(identity);
      if (options.outbox.spooled > 0) await options.outbox.flush();
    } catch (error) {
      log(`heartbeat failed: ${ensureError(error).message}`);
    }
  }

  function begin(delivery: Delivery): void {
    const started = clock.now();
    const job = work(ports, delivery, cut.signal)
      .then((result) => options.worked(result, delivery, clock.now() - started))
      .catch((error: unknown) => log(`${delivery.hint.command_id}: ${ensureError(error).stack}`))
      .then(() => {
        lastProgress = clock.now();
        running.delete(job);
        room();
      });
    running.add(job);
  }

  async function fetchLoop(): Promise<void> {
    let delay = 250;
    while (!fetching.signal.aborted) {
      if (running.size >= identity.capacity) {
        await new Promise<void>((resolve) => {
          room = resolve;
        });
        continue;
      }
      try {
        const deliveries = await source.next(identity.capacity - running.size, fetching.signal);
        lastProgress = clock.now();
        delay = 250;
        for (const delivery of deliveries) begin(delivery);
      } catch (error) {
        if (fetching.signal.aborted) break;
        log(`no commands: ${ensureError(error).message}; next try in ${delay} ms`);
        await clock.sleep(delay);
        delay = Math.min(delay * 2, 5_000);
      }
    }
  }

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
        if (state === "starting") state = "working";
        const timer = setInterval(() => void beat(), options.heartbeatMs);
        try {
          await options.outbox.flush();
          await fetchLoop();
          await Promise.all(running);
        } finally {
          clearInterval(timer);
        }
        await server
          .deregister(identity)
          .catch((error: unknown) => log(`cannot deregister: ${ensureError(error).message}`));
      } finally {
        state = "stopped";
        await source.close();
      }
    },
    drain(patienceMs) {
      if (state === "stopped" || state === "draining") return;
      state = "draining";
      fetching.abort(new Error("draining"));
      room();
      const timer = setTimeout(() => cut.abort(new Error("the worker is stopping")), patienceMs);
      timer.unref();
    },
  };
}
