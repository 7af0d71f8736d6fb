/** At most `limit` holders at a time, first come first served (decision 37: tool calls in flight in the whole run). */
export interface Gate {
  /** Resolves with the function that gives the place back. */
  enter(): Promise<() => void>;
}

export function openGate(limit: number): Gate {
  let free = limit;
  const waiting: (() => void)[] = [];
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  const once = () => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      leave();
    };
  };
  return {
    enter() {
      if (free > 0) {
        free -= 1;
        return Promise.resolve(once());
      }
      return new Promise((resolve) => waiting.push(() => resolve(once())));
    },
  };
}
