import type { Subscription } from "./bus.ts";

/** Who in this process listens to what. */
export interface Topics {
  tell(topic: string, payload: unknown): void;
  listen(topic: string, handler: (payload: unknown) => void): Subscription;
}

export function topics(): Topics {
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  return {
    tell(topic, payload) {
      for (const handler of listeners.get(topic) ?? []) handler(payload);
    },
    listen(topic, handler) {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(handler));
      return {
        async close() {
          set.delete(handler);
          if (set.size === 0) listeners.delete(topic);
        },
      };
    },
  };
}
