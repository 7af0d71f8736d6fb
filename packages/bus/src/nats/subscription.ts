import type { Consumer, ConsumerMessages, JetStreamClient, JetStreamManager, JsMsg } from "@nats-io/jetstream";
import { type Clock, ensureError, isNoetlError } from "@noetl/core";
import type { Handler, Hint, Outcome, SubscribeOptions, Subscription } from "../bus.ts";
import { decodeHint } from "../hint.ts";
import { perTurn } from "../per-turn.ts";
import { ensureConsumer, ensureStreams, type Names } from "./streams.ts";

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;
const AFTER_FAILURE = 1_000;
/** in one request to the broker */
const MOST_FETCHED = 64;
/** Long enough that a fetch which is still open does not bring it again and again, ms. */
const AFTER_STOP = 250;

export interface PullOptions {
  names: Names;
  clock: Clock;
  ackWaitMs: number;
  maxAckPending: number;
  /** how long the broker holds an empty fetch open, ms */
  fetchMs: number;
}

/**
 * Works off one pool. The loop never ends by an error:
 *
 *   preparing (stream and consumer exist) → free? → fetching as many → handling (beside the loop) → free? …
 *        ↑———— pause 250 ms, doubling to 10 s ———— any error, or a fetch that outlives its time three times
 */
export function pull(
  client: JetStreamClient,
  manager: JetStreamManager,
  pool: string,
  handler: Handler,
  options: SubscribeOptions & PullOptions,
): Subscription {
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  const limit = options.inFlight ?? 1;

  const prepare = async (): Promise<Consumer> => {
    await ensureStreams(manager, options.names);
    const durable = await ensureConsumer(manager, options.names, pool, options);
    return client.consumers.get(options.names.stream, durable);
  };

  const ackSoon = perTurn<JsMsg>((messages) => {
    for (const message of messages) message.ack();
  });

  const handle = async (message: JsMsg): Promise<void> => {
    const hint = read(message);
    if (!hint) return message.term("not a command notification");
    const ping = setInterval(() => message.working(), pingEvery(options.ackWaitMs));
    try {
      const attempt = message.info.deliveryCount;
      const outcome = await handler({ hint, attempt, signal: stop.signal }).catch(
        (): Outcome => ({ again: AFTER_FAILURE }),
      );
      if (outcome === "ack") ackSoon(message);
      else if (outcome === "term") message.term("refused");
      else message.nak(outcome.again);
    } finally {
      clearInterval(ping);
    }
  };

  const begin = (message: JsMsg): void => {
    // What could not be acknowledged is delivered again.
    const work = handle(message)
      .catch(() => undefined)
      .finally(() => running.delete(work));
    running.add(work);
  };

  const loop = async () => {
    let consumer: Consumer | undefined;
    let pause = FIRST_PAUSE;
    let lost = false;
    while (!stop.signal.aborted) {
      try {
        if (!consumer) {
          consumer = await prepare();
          if (lost) options.onGap?.();
        }
        // No more than can be worked off at once: what is left at the broker is for whoever has room.
        const most = Math.min(limit - running.size, MOST_FETCHED);
        const messages = await consumer.fetch({ max_messages: most, expires: options.fetchMs });
        await taken(messages, begin, 3 * options.fetchMs, stop.signal);
        pause = FIRST_PAUSE;
        lost = false;
        while (running.size >= limit) await Promise.race(running);
        // Those that end in the same turn of the event loop are made up for together.
        if (running.size > 0) await new Promise((resolve) => setImmediate(resolve));
      } catch (error) {
        options.onTrouble?.(ensureError(error));
        consumer = undefined;
        lost = true;
        await options.clock.sleep(pause, stop.signal).catch(() => undefined);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
  };

  const ended = loop();
  return {
    async close() {
      stop.abort();
      await ended;
      await Promise.all(running);
      await new Promise((resolve) => setImmediate(resolve)); // the last acknowledgements
    },
  };
}

/** Undefined for what no delivery will ever make readable. */
function read(message: JsMsg): Hint | undefined {
  try {
    return decodeHint(message.string(), message.subject);
  } catch (error) {
    if (isNoetlError(error) && error.meaning === "validation") return undefined;
    throw error;
  }
}

function pingEvery(ackWaitMs: number): number {
  return Math.min(Math.max(ackWaitMs / 4, Math.min(5_000, ackWaitMs / 2)), 30_000);
}

/**
 * Begins what a fetch brings, until it has brought all or its time at the broker is over. A fetch the client library lost track of
 * must not stop the pool for ever; what it brings too late goes back.
 */
async function taken(
  messages: ConsumerMessages,
  begin: (message: JsMsg) => void,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  let left = false;
  const all = (async () => {
    for await (const message of messages) {
      if (left) message.nak(AFTER_STOP);
      else begin(message);
    }
    const error = await messages.closed();
    if (error) throw error;
  })();
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const early = new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => {
      left = true;
      reject(new Error("the fetch did not end"));
    }, ms);
    onAbort = () => {
      left = true;
      resolve();
    };
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    await Promise.race([all, early]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    // The race has the error; one that comes later concerns nobody.
    all.catch(() => undefined);
  }
}
