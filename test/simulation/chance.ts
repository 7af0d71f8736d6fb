/** A stream of chance from a seed. Streams of other names do not disturb each other: one more draw here changes nothing there. */
export interface Chance {
  /** in [0, 1) */
  next(): number;
  /** whole, in [0, below) */
  below(limit: number): number;
  between(least: number, most: number): number;
  hit(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  stream(name: string): Chance;
}

/** 32-bit FNV-1a, stirred. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** A number in [0, 1) that depends on the text alone. */
export function fractionOf(text: string): number {
  return hashOf(text) / 2 ** 32;
}

/** mulberry32 */
export function chanceOf(seed: string): Chance {
  let state = hashOf(seed);
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    between: (least, most) => least + below(most - least + 1),
    hit: (probability) => next() < probability,
    pick<T>(from: readonly T[]): T {
      const picked = from[below(from.length)];
      if (picked === undefined) throw new RangeError("nothing to pick from");
      return picked;
    },
    stream: (name) => chanceOf(`${seed}/${name}`),
  };
}
