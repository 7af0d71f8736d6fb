import type { LogEvent } from "@noetl/engine";

/** Live events of runs for whoever looks on in this process (SSE). Hints: a watcher that must miss nothing reads the log. */
export interface Watchers {
  watch(executionId: string, seen: (events: readonly LogEvent[]) => void): () => void;
  tell(executionId: string, events: readonly LogEvent[]): void;
}

export function openWatchers(): Watchers {
  const watching = new Map<string, Set<(events: readonly LogEvent[]) => void>>();
  return {
    watch(executionId, seen) {
      const set = watching.get(executionId) ?? new Set();
      set.add(seen);
      watching.set(executionId, set);
      return () => {
        set.delete(seen);
        if (set.size === 0) watching.delete(executionId);
      };
    },
    tell(executionId, events) {
      for (const seen of watching.get(executionId) ?? []) seen(events);
    },
  };
}
