import { type Bus, type Hint, perTurn, type Subscription } from "@noetl/bus";
import { type Clock, ensureError, isNoetlError, snowflakeTime } from "@noetl/core";
import { eventStatus, type LogEvent } from "@noetl/engine";
import type { OutboxRow, Store } from "@noetl/store";
import type { ServerConfig } from "../config/config.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Turned } from "../runs/index.ts";
import { timeOf } from "../wire/times.ts";

export const COMMANDS_TOPIC = "commands";
export const OUTBOX_TOPIC = "outbox";

/**
 * Tells others what was written. Directly after a transaction, from whichever server wrote it; and, in the publisher role,
 * from the outbox: what the direct way did not reach. Everything may be told twice.
 */
export interface Publisher {
  /** Hints that were just written. */
  tell(hints: readonly Hint[]): void;
  wrote(turned: Turned): void;
  /** The role: drains the outbox until `stop`. */
  start(): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface PublisherPorts {
  store: Store;
  bus: Bus;
  clock: Clock;
  config: ServerConfig;
  metrics: Metrics;
  log: Log;
}

/** Executions published at one time; rows of one execution keep their order. */
const LANES = 16;
const ERROR_MS = 1_000;
/** Rows of hints that were sent directly are marked so much later, ms; they come due after seconds. */
const MARK_MS = 50;
const FEED: ReadonlySet<string> = new Set(["step.exit", "playbook.completed", "playbook.failed"]);

export function openPublisher(ports: PublisherPorts): Publisher {
  const { store, bus, config, metrics, log } = ports;
  const sending = new Set<Promise<void>>();
  const stopping = new AbortController();
  const settled: Hint[] = [];
  const publishSoon = perTurn<readonly Hint[]>((told) =>
    background(direct(told.flat()), "cannot publish; the outbox will"),
  );
  // One message for all pools of one turn of the event loop: it only says "look".
  const announceSoon = perTurn<readonly Hint[]>((told) => {
    const pools = [...new Set(told.flat().map((hint) => hint.pool))];
    background(bus.announce(COMMANDS_TOPIC, { pools }), "cannot wake other servers");
  });
  const feedSoon = perTurn<LogEvent>((events) => events.forEach(feed));
  let marking: NodeJS.Timeout | undefined;
  let loop: Promise<void> | undefined;
  let listening: Subscription | undefined;
  let wake: () => void = () => {};
  let woken = false;

  function background(work: Promise<unknown>, what: string): void {
    const done = work.then(
      () => undefined,
      (error: unknown) => log.warn(what, { error: ensureError(error) }),
    );
    const tracked = done.then(() => void sending.delete(tracked));
    sending.add(tracked);
  }

  /** For people who look on through the gateway (server-api §2.16); nothing depends on it. */
  function feed(event: LogEvent): void {
    const payload = {
      event_type: event.type,
      execution_id: event.execution_id,
      step_name: "step" in event ? event.step : null,
      status: eventStatus(event),
      at: timeOf(event.ts),
    };
    const subject = `playbooks.executions.${event.execution_id}.${event.type}`;
    background(bus.forward({ subject, payload, id: event.event_id }), "cannot feed the gateway");
  }

  /** How long the broker takes; messages within this process are no news. */
  async function timed(work: Promise<unknown>): Promise<void> {
    if (config.bus !== "broker") return void (await work);
    const stop = metrics.busSeconds.startTimer();
    await work;
    stop();
  }

  async function direct(hints: readonly Hint[]): Promise<void> {
    await Promise.all(hints.map((hint) => timed(bus.publish(hint))));
    metrics.commandsPublished.inc({ outcome: "direct" }, hints.length);
    if (config.bus === "broker") settle(hints);
  }

  /** Their rows come due only later: those of a while are marked with one statement. */
  function settle(hints: readonly Hint[]): void {
    settled.push(...hints);
    marking ??= setTimeout(mark, MARK_MS);
  }

  function mark(): void {
    clearTimeout(marking);
    marking = undefined;
    if (settled.length === 0) return;
    background(store.outbox.publishedEvents(settled.splice(0)), "cannot mark what was published");
  }

  async function publishRun(rows: readonly OutboxRow[]): Promise<void> {
    const published: string[] = [];
    for (const row of rows) {
      try {
        await timed(bus.forward({ subject: row.subject, payload: row.payload, id: row.event_id }));
        published.push(row.outbox_id);
        metrics.publisher.lag.observe(Math.max(0, ports.clock.now() - snowflakeTime(row.event_id)) / 1_000);
      } catch (error) {
        const cause = ensureError(error);
        metrics.publisher.failed.inc({ reason: isNoetlError(cause) ? cause.code : cause.name });
        await store.outbox.failed(row.outbox_id, cause.message);
      }
    }
    if (published.length === 0) return;
    await store.outbox.published(published);
    metrics.publisher.published.inc(published.length);
    metrics.eventsPublished.inc(published.length);
    metrics.publisher.lastSuccess.setToCurrentTime();
  }

  /** How many rows it took. */
  async function drain(): Promise<number> {
    const rows = await store.outbox.take(config.outbox.batch);
    if (rows.length === 0) return 0;
    const stop = metrics.publisher.seconds.startTimer();
    metrics.publisher.claimed.inc(rows.length);
    metrics.publisher.batch.observe(rows.length);
    const lanes = [...Map.groupBy(rows, (row) => row.execution_id).values()];
    const work = async () => {
      for (let lane = lanes.shift(); lane; lane = lanes.shift()) {
        if (stopping.signal.aborted) await store.outbox.release(lane.map((row) => row.outbox_id));
        else await publishRun(lane);
      }
    };
    await Promise.all(Array.from({ length: Math.min(LANES, lanes.length) }, work));
    stop();
    return rows.length;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let taken = 0;
      let pause = config.outbox.idleMs;
      try {
        taken = await drain();
      } catch (error) {
        pause = ERROR_MS;
        log.warn("cannot publish the outbox", { error: ensureError(error) });
      }
      if (taken < config.outbox.batch) await sleep(pause);
    }
  }

  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (woken || stopping.signal.aborted) {
        woken = false;
        return resolve();
      }
      const end = (byMessage: boolean) => {
        clearTimeout(timer);
        (byMessage ? metrics.publisher.notified : metrics.publisher.polled).inc();
        woken = false;
        wake = () => {};
        resolve();
      };
      const timer = setTimeout(() => end(false), ms);
      wake = () => end(true);
    });
  }

  const rouse = () => {
    woken = true;
    wake();
  };

  return {
    tell(hints) {
      if (config.bus !== "poll") publishSoon(hints);
      if (config.shared && hints.length > 0) announceSoon(hints);
    },
    wrote(turned) {
      const { execution_id } = turned.live.summary;
      if (config.bus !== "poll" && turned.events.some((event) => event.type === "execution.cancel_requested")) {
        background(bus.announce(`cancel.${execution_id}`, { execution_id }), "cannot announce a cancel");
      }
      if (config.bus === "broker")
        for (const event of turned.events.filter(({ type }) => FEED.has(type))) feedSoon(event);
      else metrics.eventsNotPublished.inc(turned.events.length);
      // Rows without a delay are for the publisher, wherever it runs.
      if (!turned.outbox.some((message) => message.delay_ms === undefined)) return;
      if (loop) rouse();
      else background(bus.announce(OUTBOX_TOPIC, {}), "cannot wake the publisher");
    },
    async start() {
      if (config.bus !== "broker" || loop) return;
      listening = await bus.listen(OUTBOX_TOPIC, rouse);
      loop = run();
    },
    async stop() {
      stopping.abort();
      wake();
      await loop;
      await listening?.close();
    },
    async close() {
      await new Promise((resolve) => setImmediate(resolve)); // what this turn has told
      while (sending.size > 0) await Promise.all(sending);
      mark();
      while (sending.size > 0) await Promise.all(sending);
    },
  };
}
