/** Smallest key first. Equal keys come out in any order, so callers give distinct ones. */
export interface Heap<T> {
  readonly size: number;
  push(key: number, value: T): void;
  peek(): { key: number; value: T } | undefined;
  pop(): { key: number; value: T } | undefined;
  clear(): void;
}

export function heap<T>(): Heap<T> {
  let nodes: { key: number; value: T }[] = [];
  const keyAt = (index: number) => nodes[index]?.key ?? Number.POSITIVE_INFINITY;
  const swap = (a: number, b: number) => {
    const left = nodes[a];
    const right = nodes[b];
    if (left === undefined || right === undefined) return;
    nodes[a] = right;
    nodes[b] = left;
  };
  return {
    get size() {
      return nodes.length;
    },
    push(key, value) {
      nodes.push({ key, value });
      let at = nodes.length - 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (keyAt(parent) <= keyAt(at)) break;
        swap(parent, at);
        at = parent;
      }
    },
    peek: () => nodes[0],
    pop() {
      const top = nodes[0];
      const last = nodes.pop();
      if (top === undefined || last === undefined || nodes.length === 0) return top;
      nodes[0] = last;
      let at = 0;
      for (;;) {
        const left = at * 2 + 1;
        const child = keyAt(left + 1) < keyAt(left) ? left + 1 : left;
        if (keyAt(child) >= keyAt(at)) return top;
        swap(at, child);
        at = child;
      }
    },
    clear() {
      nodes = [];
    },
  };
}
