import type { Hint } from "./control-plane.ts";

/** One delivery of a hint. Exactly one of the two is called, once the outcome is known (decision 10). */
export interface Delivery {
  hint: Hint;
  /** nothing left to do for it, or its terminal event was accepted */
  done(): void;
  /** try again later */
  later(ms: number): void;
}

/** Where hints come from; adapters: long poll, NATS JetStream, in-process. */
export interface Source {
  /** Next hints, at most `max`; waits until there is one or `signal` aborts (then empty). Rejects when the source is not reachable. */
  next(max: number, signal: AbortSignal): Promise<Delivery[]>;
  close(): Promise<void>;
}
