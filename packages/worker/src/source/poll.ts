import type { ControlPlane } from "../plane/control-plane.ts";
import { deliveryOf, type Source } from "./source.ts";

export interface PollOptions {
  worker: string;
  pools: readonly string[];
  /** how long one question may wait at the server, ms, at most 30 000 */
  waitMs?: number;
}

/** Decision 8: without NATS, a long poll at the server. A hint that is not taken up comes again by itself. */
export function pollSource(server: ControlPlane, { worker, pools, waitMs = 20_000 }: PollOptions): Source {
  return {
    async next(max, signal) {
      return (await server.poll({ worker, pools, max, wait_ms: waitMs, claim: true }, signal)).map(deliveryOf);
    },
    close: async () => {},
  };
}
