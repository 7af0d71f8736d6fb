import type { ControlPlane } from "./control-plane.ts";
import type { Source } from "./source.ts";

/** Decision 8: without NATS, a long poll at the server. A hint that is not taken up comes again by itself. */
export function pollSource(server: ControlPlane, worker: { id: string; pool: string }, waitMs = 20_000): Source {
  return {
    async next(max, signal) {
      while (!signal.aborted) {
        const hints = await server.poll({ worker: worker.id, pool: worker.pool, max, wait_ms: waitMs }, signal);
        if (hints.length > 0) return hints.map((hint) => ({ hint, done() {}, later() {} }));
      }
      return [];
    },
    close: async () => {},
  };
}
