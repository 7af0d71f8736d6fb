import { setTimeout } from "node:timers/promises";
import { isNoetlError, NoetlError } from "@noetl/core";
import { isEnded } from "./shapes.ts";
import type { ExecutionEvent, ExecutionStatus, Executions } from "./types.ts";

export interface FollowOptions {
  signal?: AbortSignal;
  /** gives up after so long, ms; meaning `timeout` */
  timeoutMs?: number;
  /** whole variables and the result at the end */
  full?: boolean;
}

const FIRST_MS = 100;
const SLOWEST_MS = 1_000;
/** How long a server may be away while somebody waits: it may be restarting. */
const PATIENCE_MS = 30_000;
const PAGE = 500;

/** Asks for the status until the execution has ended; `onStatus` sees each one. Meanings: `timeout`, `cancelled`, `not_found`. */
export async function waitForEnd(
  executions: Executions,
  executionId: string,
  options: FollowOptions & { onStatus?(status: ExecutionStatus): void } = {},
): Promise<ExecutionStatus> {
  const pace = pacer(executionId, options);
  for (let last = ""; ; ) {
    const status = await pace.patiently(() => executions.status(executionId));
    options.onStatus?.(status);
    if (isEnded(status.status)) return options.full ? executions.status(executionId, { full: true }) : status;
    const seen = `${status.status} ${status.current_step} ${status.completed_steps.length}`;
    await pace.pause(seen !== last, status.status);
    last = seen;
  }
}

/** Events from the beginning or after `since`, as they come, until the execution has ended; then its status. */
export async function* followEvents(
  executions: Executions,
  executionId: string,
  options: FollowOptions & { since?: string } = {},
): AsyncGenerator<ExecutionEvent, ExecutionStatus> {
  const pace = pacer(executionId, options);
  const seen = new Set<string>();
  for (let since = options.since; ; ) {
    // Asked before the events: what was written before the end is read after it.
    const status = await pace.patiently(() => executions.status(executionId));
    let news = false;
    for await (const event of readEvents(executions, executionId, { since, signal: options.signal })) {
      if (seen.has(event.event_id)) continue;
      seen.add(event.event_id);
      news = true;
      since = event.event_id;
      yield event;
    }
    if (isEnded(status.status)) return options.full ? executions.status(executionId, { full: true }) : status;
    await pace.pause(news, status.status);
  }
}

/** All pages of the log, oldest first. */
export async function* readEvents(
  executions: Executions,
  executionId: string,
  options: { since?: string | undefined; type?: string | undefined; signal?: AbortSignal | undefined } = {},
): AsyncGenerator<ExecutionEvent> {
  const seen = new Set<string>();
  for (let page = 1; ; page++) {
    options.signal?.throwIfAborted();
    const events = await executions.events(executionId, {
      page,
      page_size: PAGE,
      ...(options.since === undefined ? {} : { since: options.since }),
      ...(options.type === undefined ? {} : { type: options.type }),
    });
    const fresh = events.filter((event) => !seen.has(event.event_id));
    for (const event of fresh) seen.add(event.event_id);
    yield* fresh;
    // A server that knows no pages answers the same again.
    if (events.length < PAGE || fresh.length === 0) return;
  }
}

function pacer(executionId: string, { signal, timeoutMs }: FollowOptions) {
  const end = timeoutMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutMs;
  let interval = FIRST_MS;
  let reached = false;
  const sleep = async (ms: number) => {
    await setTimeout(Math.max(0, Math.min(ms, end - Date.now())), undefined, { ...(signal && { signal }) }).catch(
      (error: Error) => {
        if (error.name !== "AbortError") throw error;
        throw new NoetlError("cancelled", "CANCELLED", `no longer waiting; execution ${executionId} goes on`, {
          hint: `noetl cancel ${executionId} stops it, noetl status ${executionId} --wait waits again`,
        });
      },
    );
  };
  return {
    async pause(changed: boolean, status: string) {
      if (Date.now() >= end) {
        throw new NoetlError("timeout", "WAIT_TIMEOUT", `execution ${executionId} is still ${status}`, {
          hint: `it goes on; noetl status ${executionId} --wait waits again`,
        });
      }
      interval = changed ? FIRST_MS : Math.min(SLOWEST_MS, interval * 1.5);
      await sleep(interval);
    },
    async patiently<T>(work: () => Promise<T>): Promise<T> {
      const until = Math.min(end, Date.now() + PATIENCE_MS);
      for (;;) {
        try {
          const result = await work();
          reached = true;
          return result;
        } catch (error) {
          const away = isNoetlError(error) && (error.meaning === "unavailable" || error.meaning === "timeout");
          if (!away || !reached || Date.now() >= until) throw error;
          await sleep(SLOWEST_MS);
        }
      }
    },
  };
}
