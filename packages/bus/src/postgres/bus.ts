import { type Clock, ensureError, NoetlError, systemClock } from "@noetl/core";
import type { ClientConfig } from "pg";
import type { Bus } from "../bus.ts";
import { desks } from "../desk.ts";
import { isCommandSubject, toHint } from "../hint.ts";
import { topics } from "../topics.ts";
import { listen } from "./listener.ts";

const CHANNEL = "noetl_bus";
/** PostgreSQL refuses payloads of 8 000 bytes. */
const LIMIT = 7_900;

type Message = { hint: unknown; subject: string } | { topic: string; payload: unknown };

/**
 * Wake-ups through LISTEN/NOTIFY, where there is a PostgreSQL and no broker. Every process hears every hint and its
 * subscribers try the claim: right for a few processes, wasteful for hundreds. What a break loses is announced by `onGap`.
 */
export async function openPostgresBus(options: { config: ClientConfig; clock?: Clock }): Promise<Bus> {
  const { default: pg } = await import("pg");
  const local = desks(options.clock ?? systemClock, false);
  const told = topics();
  const pool = new pg.Pool({ ...options.config, max: 2, connectionTimeoutMillis: 5_000, keepAlive: true });
  // An idle connection that breaks is replaced on next use; without a listener it would end the process.
  pool.on("error", () => undefined);
  const listener = await listen({
    config: options.config,
    channel: CHANNEL,
    onGap: local.gap,
    onMessage(text) {
      const message = JSON.parse(text) as Message;
      if ("topic" in message) told.tell(message.topic, message.payload);
      else local.push(toHint(message.hint, message.subject));
    },
  }).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });

  const notify = async (message: Message) => {
    const text = JSON.stringify(message);
    if (Buffer.byteLength(text) > LIMIT) {
      throw new NoetlError("terminal", "BUS_TOO_LARGE", `a message of ${Buffer.byteLength(text)} bytes is too large`);
    }
    try {
      await pool.query("SELECT pg_notify($1, $2)", [CHANNEL, text]);
    } catch (error) {
      const cause = ensureError(error);
      throw new NoetlError("unavailable", "BUS_UNREACHABLE", `PostgreSQL: ${cause.message}`, { cause, after: 2 });
    }
  };

  return {
    publish: (hint) => notify({ hint, subject: "" }),
    forward: ({ subject, payload }) =>
      notify(isCommandSubject(subject) ? { hint: payload, subject } : { topic: subject, payload }),
    subscribe: async (pools, handler, options = {}) => local.subscribe(pools, handler, options),
    announce: (topic, payload) => notify({ topic, payload }),
    listen: async (topic, handler) => told.listen(topic, handler),
    depth: async () => local.depth(),
    async close() {
      await listener.close();
      await local.close();
      await pool.end();
    },
  };
}
