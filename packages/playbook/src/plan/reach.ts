/**
 * Transitive closure over forward edges. Rows are bit sets, made for all steps together when the first one is asked
 * for: 10 000 steps take 12 MB and some milliseconds. Beyond 20 000 steps a row is a plain set, made when asked for.
 */
export interface Reach {
  of(index: number): ReadonlySet<string>;
}

const ALL_AT_ONCE = 20_000;

/** `order` lists every index so that sources stand before their targets; `forward[i]` are the targets of `i`. */
export function reachOver(
  names: readonly string[],
  forward: readonly (readonly number[])[],
  order: readonly number[],
): Reach {
  const indexes = new Map(names.map((name, index) => [name, index]));
  const rows = new Map<number, ReadonlySet<string>>();
  let bits: Uint32Array | undefined;
  const width = (names.length + 31) >> 5;
  const make = (index: number): ReadonlySet<string> => {
    if (names.length > ALL_AT_ONCE) return walk(names, forward, index);
    bits ??= closure(width, forward, order);
    return bitRow(bits.subarray(index * width, (index + 1) * width), names, indexes);
  };
  return {
    of(index) {
      const row = rows.get(index) ?? make(index);
      rows.set(index, row);
      return row;
    },
  };
}

function closure(width: number, forward: readonly (readonly number[])[], order: readonly number[]): Uint32Array {
  const bits = new Uint32Array(width * forward.length);
  for (let at = order.length - 1; at >= 0; at--) {
    const from = order[at] ?? 0;
    const row = from * width;
    for (const to of forward[from] ?? []) {
      const other = to * width;
      for (let word = 0; word < width; word++) bits[row + word] = (bits[row + word] ?? 0) | (bits[other + word] ?? 0);
      bits[row + (to >> 5)] = (bits[row + (to >> 5)] ?? 0) | (1 << (to & 31));
    }
  }
  return bits;
}

function walk(names: readonly string[], forward: readonly (readonly number[])[], from: number): ReadonlySet<string> {
  const seen = new Set<number>();
  const open = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const to of forward[next] ?? []) {
      if (seen.has(to)) continue;
      seen.add(to);
      open.push(to);
    }
  }
  return new Set([...seen].map((index) => names[index] ?? ""));
}

function bitRow(row: Uint32Array, names: readonly string[], indexes: ReadonlyMap<string, number>): ReadonlySet<string> {
  const holds = (index: number) => ((row[index >> 5] ?? 0) & (1 << (index & 31))) !== 0;
  let all: Set<string> | undefined;
  const listed = () => {
    all ??= new Set(names.filter((_name, index) => holds(index)));
    return all;
  };
  return {
    has(name) {
      const index = indexes.get(name);
      return index !== undefined && holds(index);
    },
    get size() {
      return listed().size;
    },
    forEach: (callback, thisArg) => listed().forEach(callback, thisArg),
    entries: () => listed().entries(),
    keys: () => listed().keys(),
    values: () => listed().values(),
    [Symbol.iterator]: () => listed().values(),
  };
}
