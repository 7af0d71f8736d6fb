/** So many at one time; the others wait in line, first come first served. */
export interface Gate {
  /** Resolves with the function that gives the place back. Rejects with the signal's reason. */
  enter(signal?: AbortSignal): Promise<() => void>;
  readonly waiting: number;
}

export function openGate(places: number): Gate {
  let free = places;
  const line: (() => void)[] = [];

  const leave = () => {
    const next = line.shift();
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
    enter(signal) {
      if (signal?.aborted) return Promise.reject(signal?.reason);
      if (free > 0) {
        free -= 1;
        return Promise.resolve(once());
      }
      return new Promise((resolve, reject) => {
        const take = () => {
          signal?.removeEventListener("abort", giveUp);
          resolve(once());
        };
        const giveUp = () => {
          line.splice(line.indexOf(take), 1);
          reject(signal?.reason);
        };
        signal?.addEventListener("abort", giveUp, { once: true });
        line.push(take);
      });
    },
    get waiting() {
      return line.length;
    },
  };
}
