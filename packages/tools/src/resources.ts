import type { Resources } from "./tool.ts";

interface Entry {
  value: unknown;
  close(): void | Promise<void>;
}

/**
 * Long-lived things by key, made at first use and closed in the opposite order. After `close` a new `get` makes a new one, so that
 * a host may close between runs. `close` waits for all and then rejects with the first failure.
 */
export function createResources(): Resources {
  const entries = new Map<string, Entry>();
  return {
    get<T>(key: string, create: () => T, close: (value: T) => void | Promise<void>): T {
      const known = entries.get(key);
      if (known) return known.value as T;
      const value = create();
      entries.set(key, { value, close: () => close(value) });
      return value;
    },
    async close() {
      const failures: unknown[] = [];
      while (entries.size > 0) {
        const open = [...entries.values()].reverse();
        entries.clear();
        for (const entry of open) {
          try {
            await entry.close();
          } catch (error) {
            failures.push(error);
          }
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
