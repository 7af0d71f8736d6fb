/**
 * What is given during one turn of the event loop is worked off together at its end, in order. A client that writes what is sent
 * at one time at once then needs one system call instead of one a message.
 */
export function perTurn<T>(work: (items: readonly T[]) => void): (item: T) => void {
  let waiting: T[] = [];
  return (item) => {
    waiting.push(item);
    if (waiting.length > 1) return;
    setImmediate(() => {
      const items = waiting;
      waiting = [];
      work(items);
    });
  };
}
