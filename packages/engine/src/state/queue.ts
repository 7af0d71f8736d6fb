/** First in, first out, with constant cost: no element moves when the head leaves. */
export interface Queue<T> {
  readonly size: number;
  push(value: T): void;
  peek(): T | undefined;
  shift(): T | undefined;
  clear(): void;
}

export function queue<T>(): Queue<T> {
  let items: T[] = [];
  let head = 0;
  return {
    get size() {
      return items.length - head;
    },
    push(value) {
      items.push(value);
    },
    peek: () => items[head],
    shift() {
      const value = items[head];
      if (head >= items.length) return undefined;
      head += 1;
      if (head * 2 >= items.length) {
        items = items.slice(head);
        head = 0;
      }
      return value;
    },
    clear() {
      items = [];
      head = 0;
    },
  };
}
