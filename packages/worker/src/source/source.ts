import type { Claimed, Hint, Offer } from "../plane/control-plane.ts";

/** One delivery of a hint. Exactly one of the two is called, once the outcome is known (decision 10). */
export interface Delivery {
  hint: Hint;
  /** the server has claimed it for this worker already */
  claimed?: Extract<Claimed, { outcome: "claimed" }>;
  /** from 1 */
  attempt: number;
  /** nothing left to do for it, or its terminal event was accepted */
  done(): void;
  /** try again later */
  later(ms: number): void;
}

/** Where hints come from; adapters: long poll, NATS JetStream, in-process. */
export interface Source {
  /** Next hints, at most `max`; none after a quiet while and when `signal` aborts. Rejects when the source cannot be reached. */
  next(max: number, signal: AbortSignal): Promise<Delivery[]>;
  /** Calls `cancelled` when somebody says that the run is being cancelled; nothing where nobody says so. */
  onCancel?(executionId: string, cancelled: () => void): Promise<() => void>;
  /** Fetches no more and gives back what was not taken; resolves when what was taken is settled. */
  close(): Promise<void>;
}

/** Of what the server itself handed out: it comes again by itself when nobody reports it. */
export function deliveryOf({ claimed, ...hint }: Offer): Delivery {
  return { hint, ...(claimed ? { claimed } : {}), attempt: 1, done() {}, later() {} };
}
