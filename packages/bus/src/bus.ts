/**
 * Wake-ups. A hint says that a command may be claimed; the store knows whether it is so. Hence adapters may lose, repeat
 * and reorder hints, and no run depends on them: delete every stream mid-run and all runs still finish.
 */
export interface Bus {
  /** Resolves when the broker has it. `unavailable` when it cannot be reached: the outbox tries again. */
  publish(hint: Hint): Promise<void>;
  /** A row of the outbox: a hint when its subject is one of commands, else a message for whoever listens. */
  forward(message: { subject: string; payload: unknown; id: string }): Promise<void>;
  subscribe(pools: readonly string[], handler: Handler, options?: SubscribeOptions): Promise<Subscription>;
  /** To every process that listens now; nothing is kept (cancel, wake a waiting poll). */
  announce(topic: string, payload: unknown): Promise<void>;
  listen(topic: string, handler: (payload: unknown) => void): Promise<Subscription>;
  /** Hints waiting and being worked on; pools nobody ever subscribed to may be missing. */
  depth(): Promise<{ pool: string; waiting: number; in_flight: number }[]>;
  /** Stops taking hints and waits for handlers that run. */
  close(): Promise<void>;
}

/** `worker-and-tools.md` §3.3; ids are decimal text here, integers on the wire. */
export interface Hint {
  execution_id: string;
  /** of the `command.issued` event: the key of the claim */
  event_id: string;
  command_id: string;
  step: string;
  pool: string;
  /** where to claim */
  server_url?: string;
  trace?: { [name: string]: string };
}

export interface Delivery {
  hint: Hint;
  /** from 1 */
  attempt: number;
  /** aborted when the subscription closes */
  signal: AbortSignal;
}

/** `ack`: done with it · `term`: never again · a delay in ms: deliver again. A rejection is like 1 000 ms. */
export type Outcome = "ack" | "term" | { again: number };
export type Handler = (delivery: Delivery) => Promise<Outcome>;

export interface SubscribeOptions {
  /** Handlers at one time, default 1. No hint is fetched before one is free: that is the back-pressure. */
  inFlight?: number;
  /** Hints may have been lost (broker was away, queue was full): look in the store. */
  onGap?: () => void;
  /** Fetching failed and is tried again by itself: for the log. */
  onTrouble?: (error: Error) => void;
}

export interface Subscription {
  /** Stops fetching, aborts `signal`, waits for handlers that run. */
  close(): Promise<void>;
}
