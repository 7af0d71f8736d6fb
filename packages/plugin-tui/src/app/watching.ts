import { ensureError, isNoetlError } from "@noetl/core";
import type { ToolCatalog } from "@noetl/playbook";
import type { Source, TimelineEvent } from "../source/port.ts";
import type { Message } from "../state/message.ts";
import { isOver } from "../state/state.ts";
import type { Watch } from "../state/watch.ts";
import { backoff, pause } from "./backoff.ts";
import { drawn } from "./drawn.ts";

export interface Surroundings {
  source: Source;
  tools?: ToolCatalog | undefined;
  ascii: boolean;
  send(message: Message): void;
  now(): number;
}

const LIST_MS = 1_000;
const SLOW_MS = 2_000;
const CLOCK_MS = 1_000;
/** Events that come in a burst are shown together. */
const GATHER_MS = 120;

/** Does the work of a watch until nobody wants it any more. Never rejects. */
export function startWatch(watch: Watch, surroundings: Surroundings, signal: AbortSignal): Promise<void> {
  const { source, send, now } = surroundings;
  switch (watch.watch) {
    case "executions":
      return again(LIST_MS, surroundings, signal, async () =>
        send({ type: "executions", rows: await source.executions(signal) }),
      );
    case "workers":
      return again(SLOW_MS, surroundings, signal, async () =>
        send({ type: "workers", force: await source.workforce(signal) }),
      );
    case "playbooks":
      return persistently(surroundings, signal, async () =>
        send({ type: "playbooks", rows: await source.playbooks(signal) }),
      );
    case "playbook":
      return persistently(surroundings, signal, async () => {
        const text = await source.playbook(watch.path, watch.version, signal);
        send({ type: "playbook", text, ...drawn(text.text, { ...surroundings, notes: false }) });
      });
    case "execution":
      return execution(watch.id, surroundings, signal);
    case "beat":
      return every(watch.everyMs, signal, () => send({ type: "beat" }));
    case "clock":
      return every(CLOCK_MS, signal, () => send({ type: "tick", now: now() }));
  }
}

async function every(ms: number, signal: AbortSignal, work: () => void): Promise<void> {
  for (await pause(ms, signal); !signal.aborted; await pause(ms, signal)) work();
}

async function again(
  ms: number,
  surroundings: Surroundings,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await persistently(surroundings, signal, work);
    await pause(ms, signal);
  }
}

/** Until it succeeds once; a connection that is away is told and tried again, what can never succeed is told. */
async function persistently(surroundings: Surroundings, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      await work();
      if (!signal.aborted) surroundings.send({ type: "link", up: true });
      return;
    } catch (error) {
      if (signal.aborted) return;
      const { message } = ensureError(error);
      if (isHopeless(error)) {
        surroundings.send({ type: "link", up: true });
        surroundings.send({ type: "failed", text: message });
        return;
      }
      surroundings.send({ type: "link", up: false, message });
      await pause(backoff(failures), signal);
    }
  }
}

function isHopeless(error: unknown): boolean {
  return isNoetlError(error) && (error.meaning === "not_found" || error.meaning === "validation");
}

/** An execution with its events as they come; what the log says is looked at again when there are new ones. */
async function execution(id: string, surroundings: Surroundings, signal: AbortSignal): Promise<void> {
  const { source, send } = surroundings;
  const events: TimelineEvent[] = [];
  let over = false;
  let found = false;
  await persistently(surroundings, signal, async () => {
    const detail = await source.execution(id, signal);
    found = true;
    send({ type: "execution", detail, ...drawn(detail.playbook, { ...surroundings, notes: true }) });
  });
  const look = async () => {
    const picture = await source.picture(id, undefined, events, signal);
    over = isOver(picture.status);
    send({ type: "picture", id, picture });
  };
  const flusher = gatherer<TimelineEvent>(async (batch) => {
    events.push(...batch);
    send({ type: "events", id, events: batch });
    await persistently(surroundings, signal, look);
  });
  while (found && !signal.aborted) {
    await persistently(surroundings, signal, async () => {
      for await (const batch of source.follow(id, events.at(-1)?.id, signal)) flusher.add(batch);
      await flusher.idle();
    });
    await flusher.idle();
    await persistently(surroundings, signal, look);
    if (over) return;
    // The stream ended though the run did not: its server went away, or nobody drives it.
    await pause(SLOW_MS, signal);
  }
}

/** Gives on what was added, a little later and all together; one at a time. */
function gatherer<T>(give: (items: T[]) => Promise<void>): { add(items: readonly T[]): void; idle(): Promise<void> } {
  let waiting: T[] = [];
  let giving: Promise<void> | undefined;
  const run = async () => {
    while (waiting.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      const items = waiting;
      waiting = [];
      await give(items);
    }
    giving = undefined;
  };
  return {
    add(items) {
      waiting.push(...items);
      giving ??= run();
    },
    idle: async () => giving,
  };
}
