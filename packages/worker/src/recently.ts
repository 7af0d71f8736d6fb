import type { Clock } from "@noetl/core";

/** Names seen not longer ago than `ms`. */
export interface Recently {
  add(name: string): void;
  has(name: string): boolean;
  readonly size: number;
}

export function recently(clock: Clock, ms: number): Recently {
  const seen = new Map<string, number>();

  // In the order they were added: the first that is young enough ends the look.
  const forget = () => {
    const before = clock.now() - ms;
    for (const [name, at] of seen) {
      if (at >= before) return;
      seen.delete(name);
    }
  };

  return {
    add(name) {
      forget();
      seen.delete(name);
      seen.set(name, clock.now());
    },
    has(name) {
      forget();
      return seen.has(name);
    },
    get size() {
      return seen.size;
    },
  };
}
