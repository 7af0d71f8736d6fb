import { ensureError, NoetlError } from "@noetl/core";
import type { Client, ClientConfig } from "pg";

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;

/** One session that listens, and comes back when the connection breaks. */
export interface Listener {
  close(): Promise<void>;
}

export interface ListenerOptions {
  config: ClientConfig;
  channel: string;
  onMessage: (payload: string) => void;
  /** listening again after a break: notifications in between are lost */
  onGap: () => void;
}

/**
 * Needs a session: not through a pooler in transaction mode. Rejects with `unavailable` when the first connection fails.
 *
 *   listening —(connection ends)→ waiting —(pause: 250 ms, doubling to 10 s)→ connecting → listening (gap) | waiting
 */
export async function listen(options: ListenerOptions): Promise<Listener> {
  let client: Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let pause = FIRST_PAUSE;

  const broken = (which: Client) => {
    if (closed || client !== which) return;
    client = undefined;
    which.end().catch(() => undefined);
    wait();
  };

  const wait = () => {
    timer = setTimeout(() => {
      connect().then(options.onGap, wait);
    }, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };

  const connect = async () => {
    const { default: pg } = await import("pg");
    const next = new pg.Client({ ...options.config, keepAlive: true, application_name: "noetl-bus" });
    next.on("error", () => broken(next));
    next.on("end", () => broken(next));
    next.on("notification", (message) => {
      if (message.payload !== undefined) options.onMessage(message.payload);
    });
    try {
      await next.connect();
      await next.query(`LISTEN ${options.channel}`);
    } catch (error) {
      await next.end().catch(() => undefined);
      throw error;
    }
    if (closed) return next.end();
    client = next;
    pause = FIRST_PAUSE;
  };

  try {
    await connect();
  } catch (error) {
    const cause = ensureError(error);
    throw new NoetlError("unavailable", "BUS_UNREACHABLE", `PostgreSQL: ${cause.message}`, { cause, after: 2 });
  }
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
