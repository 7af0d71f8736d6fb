import type { Feed, FeedMessage } from "@noetl/bus";
import type { Client } from "@noetl/client";
import { type Clock, ensureError, isNoetlError } from "@noetl/core";
import type { Log } from "../log.ts";
import { executionOf, isSteered } from "./dispatch.ts";
import type { SubscriptionDocument } from "./document.ts";
import type { SubscriptionObserver } from "./metrics.ts";

export interface RuntimePorts {
  client: Pick<Client, "subscriptions" | "executions">;
  feed: Feed;
  document: SubscriptionDocument;
  subscriptionId: string;
  clock: Clock;
  log: Log;
  observer: SubscriptionObserver;
  /** how often the wished state is looked up, ms */
  stateMs: number;
}

/**
 * States of the loop, from the subscription's own on the server:
 *   *pulling*  ACTIVE: takes messages while there is room and the rate allows
 *   *idle*     REGISTERED, PAUSED; or the server does not take what was pulled (circuit open)
 *   *leaving*  DRAINING, DEACTIVATED, or told to stop: takes nothing, ends when nothing is in flight
 */
export interface SubscriptionRuntime {
  run(): Promise<void>;
  /** Takes nothing more. */
  drain(): void;
  readonly inFlight: number;
  /** ms since 1970 of the last answer of source or server */
  readonly lastProgress: number;
}

const PULL_MS = 1_000;
const IDLE_MS = 500;
const AGAIN = { firstMs: 1_000, longestMs: 30_000 };
/** Deliveries after which a message that the server refuses for good is dropped. */
const PATIENCE = 5;

export function openRuntime(ports: RuntimePorts): SubscriptionRuntime {
  const { client, feed, document, subscriptionId, clock, log, observer } = ports;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let lastProgress = clock.now();
  let state = "ACTIVE";
  let asked = 0;
  /** failures of the server in a row; above 0 the circuit is open until `retryAt` */
  let failures = 0;
  let retryAt = 0;
  let nextAt = 0;

  const leaving = () => stopping.signal.aborted || state === "DRAINING" || state === "DEACTIVATED";

  async function lookAtState(): Promise<void> {
    if (clock.now() - asked < ports.stateMs) return;
    asked = clock.now();
    try {
      const found = await client.subscriptions.get(subscriptionId);
      if (found.state !== state) log.info("the subscription changed", { from: state, to: found.state });
      state = found.state;
    } catch (error) {
      log.warn("the wished state cannot be looked up", { error: ensureError(error) });
    }
  }

  async function dispatch(messages: readonly FeedMessage[]): Promise<void> {
    try {
      const { execution_id, status } = await client.executions.start(executionOf(document, subscriptionId, messages));
      // Only now: whoever dies before leaves the message to the next delivery, and the key to one run.
      await Promise.all(messages.map((message) => message.done()));
      if (failures > 0) observer.circuit("closed");
      failures = 0;
      lastProgress = clock.now();
      observer.started(status, messages.length);
      log.debug("a run was started", { execution_id, status, messages: messages.length });
    } catch (thrown) {
      giveBack(messages, ensureError(thrown));
    }
  }

  function giveBack(messages: readonly FeedMessage[], error: Error): void {
    const forGood = isNoetlError(error) && (error.meaning === "validation" || error.meaning === "not_found");
    if (!forGood) {
      if (failures === 0) observer.circuit("open");
      failures += 1;
      retryAt = clock.now() + Math.min(AGAIN.firstMs * 2 ** (failures - 1), AGAIN.longestMs);
    }
    for (const message of messages) {
      if (forGood && message.delivered >= PATIENCE) {
        observer.dropped();
        log.error("a message is dropped: no run can be started for it", { id: message.id, error });
        message.drop(error.message);
      } else message.later(Math.min(AGAIN.firstMs * 2 ** (message.delivered - 1), AGAIN.longestMs));
    }
    log.warn("no run was started", { playbook: document.playbook, error });
  }

  /** Evenly, not in bursts. */
  async function pace(): Promise<void> {
    if (document.perSecond === undefined) return;
    const wait = nextAt - clock.now();
    nextAt = Math.max(clock.now(), nextAt) + 1_000 / document.perSecond;
    if (wait <= 0) return;
    observer.limited();
    await clock.sleep(wait, stopping.signal);
  }

  async function pull(): Promise<void> {
    const room = document.maxInFlight - running.size;
    if (state !== "ACTIVE" || room <= 0 || clock.now() < retryAt) return rest();
    const found = await feed.next(Math.min(room * document.batch, 1_000), PULL_MS, stopping.signal);
    lastProgress = clock.now();
    observer.received(found.length, found.filter((message) => isSteered(document, message)).length);
    for (let at = 0; at < found.length; at += document.batch) {
      const messages = found.slice(at, at + document.batch);
      // What came after the order to stop is somebody else's.
      if (stopping.signal.aborted) for (const message of messages) message.later(0);
      else {
        await pace();
        const job: Promise<void> = dispatch(messages).finally(() => running.delete(job));
        running.add(job);
      }
    }
  }

  const rest = () => Promise.race([clock.sleep(IDLE_MS, stopping.signal), ...running]);

  return {
    async run() {
      let delay = 250;
      while (!leaving()) {
        try {
          await lookAtState();
          if (!leaving()) await pull();
          delay = 250;
        } catch (error) {
          if (stopping.signal.aborted) break;
          log.warn("no messages", { error: ensureError(error), next_try_ms: delay });
          await clock.sleep(delay, stopping.signal).catch(() => undefined);
          delay = Math.min(delay * 2, 10_000);
        }
      }
      await Promise.all(running);
      if (state === "DRAINING") await client.subscriptions.act(subscriptionId, "deactivate");
    },
    drain: () => stopping.abort(new Error("the worker is draining")),
    get inFlight() {
      return running.size;
    },
    get lastProgress() {
      return lastProgress;
    },
  };
}
