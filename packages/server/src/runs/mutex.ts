/** One at a time per key, in order of arrival. Keys nobody waits for take no memory. */
export interface Mutex {
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
}

export function openMutex(): Mutex {
  const tails = new Map<string, Promise<unknown>>();
  return {
    async run(key, work) {
      const before = tails.get(key) ?? Promise.resolve();
      const mine = before.then(work, work);
      // What failed before is its own caller's business.
      const tail = mine.then(
        () => undefined,
        () => undefined,
      );
      tails.set(key, tail);
      try {
        return await mine;
      } finally {
        if (tails.get(key) === tail) tails.delete(key);
      }
    },
  };
}
