import type { Json } from "@noetl/core";
import type { NatsOptions } from "./nats/bus.ts";

/** Messages of somebody else, that a subscription starts playbooks for (worker-and-tools §11.16). */
export interface Feed {
  /** At most `max`; none after `waitMs` without one, and when `signal` aborts. Meaning `unavailable`. */
  next(max: number, waitMs: number, signal: AbortSignal): Promise<FeedMessage[]>;
  close(): Promise<void>;
}

export interface FeedMessage {
  /** the same for every delivery */
  id: string;
  subject: string;
  data: Json;
  headers: { [name: string]: string };
  /** from 1 */
  delivered: number;
  done(): Promise<void>;
  later(ms: number): void;
  /** never again */
  drop(reason: string): void;
}

export interface FeedOptions extends Pick<NatsOptions, "url" | "user" | "password" | "token" | "ackWaitMs"> {
  stream: string;
  /** durable name */
  consumer: string;
  /** filter of a consumer that is made */
  subject?: string;
}
