/**
 * One question at a time for each key: all who come while it is asked share the next one. Nobody is given an answer to a
 * question from before, so what was written before somebody asked is seen.
 */
export function sharedQuestion<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const asking = new Map<string, { now: Promise<unknown>; next?: Promise<T> }>();

  function begin(key: string): Promise<T> {
    const answer = ask(key);
    const mine: { now: Promise<unknown>; next?: Promise<T> } = { now: answer };
    asking.set(key, mine);
    const end = () => {
      if (!mine.next) asking.delete(key);
    };
    answer.then(end, end);
    return answer;
  }

  return (key) => {
    const known = asking.get(key);
    if (!known) return begin(key);
    known.next ??= known.now.then(
      () => begin(key),
      () => begin(key),
    );
    return known.next;
  };
}
