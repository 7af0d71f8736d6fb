import { ensureError } from "@noetl/core";
import type { Command } from "@noetl/engine";
import type { Log } from "./log.ts";
import type { ControlPlane } from "./plane/control-plane.ts";
import type { Delivery, Source } from "./source/source.ts";

export interface Lease {
  /** aborts when the command has to end: lost, cancelled, or the worker is stopping */
  readonly signal: AbortSignal;
  /** another worker has the command, or it has ended: nothing may be reported */
  readonly lost: boolean;
  /** the run wants it to stop */
  readonly cancelled: boolean;
  end(): void;
}

export interface LeasePorts {
  server: ControlPlane;
  source: Pick<Source, "onCancel">;
  worker: string;
  /** longest time between two extensions, ms; short commands are asked about earlier, hence see a cancel earlier */
  heartbeatMs: number;
  log: Log;
}

const FIRST_MS = 1_000;

/**
 * Keeps a claim while its command runs. The first extension comes after a second (a short command makes none), then after 2, 4 …
 * up to `heartbeatMs`. A failed one changes nothing: the lease outlives several, and if the server stays away another
 * worker gets the command and what this one reports is fenced.
 */
export function keepLease(
  ports: LeasePorts,
  delivery: Delivery,
  claim: { command: Command; fence: number },
  stop: AbortSignal,
): Lease {
  const { hint } = delivery;
  const controller = new AbortController();
  let lost = false;
  let cancelled = false;
  let ended = false;
  let interval = Math.min(FIRST_MS, ports.heartbeatMs);
  let unlisten: (() => void) | undefined;

  async function beat(): Promise<void> {
    try {
      const { held, stop: asked } = await ports.server.extend(hint, ports.worker, claim.fence);
      if (ended) return;
      if (!held) lost = true;
      else if (asked) cancelled = true;
      if (!held || asked) controller.abort(new Error(held ? "the run is being cancelled" : "the claim was lost"));
    } catch (error) {
      ports.log.warn("cannot extend a lease", { command_id: hint.command_id, error: ensureError(error) });
    }
  }

  /** Only commands that last are worth a subscription. */
  async function listen(): Promise<void> {
    try {
      unlisten = await ports.source.onCancel?.(claim.command.execution_id, () => void beat());
      if (ended) unlisten?.();
    } catch (error) {
      ports.log.warn("cannot listen for a cancel", { error: ensureError(error) });
    }
  }

  let timer = setTimeout(tick, interval);
  let listening = false;

  function tick(): void {
    void beat().then(() => {
      if (ended || lost) return;
      interval = Math.min(interval * 2, ports.heartbeatMs);
      timer = setTimeout(tick, interval);
    });
    if (!listening) void listen();
    listening = true;
  }

  const abort = () => controller.abort(stop.reason);
  if (stop.aborted) abort();
  else stop.addEventListener("abort", abort, { once: true });

  return {
    signal: controller.signal,
    get lost() {
      return lost;
    },
    get cancelled() {
      return cancelled;
    },
    end() {
      ended = true;
      clearTimeout(timer);
      stop.removeEventListener("abort", abort);
      unlisten?.();
    },
  };
}
