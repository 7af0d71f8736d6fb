import type { Slot } from "./layers.ts";

/** Arcs of one slot into the next layer: they leave together and turn in one row. */
export interface Bundle {
  readonly from: Slot;
  readonly to: readonly Slot[];
  /** row of the channel in which it turns; `undefined` when it goes straight down */
  track: number | undefined;
}

/** Gives every bundle between two layers its row, so that no two lines lie upon each other. */
export function route(row: readonly Slot[]): { bundles: Bundle[]; tracks: number } {
  const bundles: Bundle[] = row
    .filter((slot) => slot.down.length > 0)
    .map((from) => ({ from, to: from.down, track: undefined }));
  const turning = bundles.filter(({ from, to }) => to.some((slot) => slot.x !== from.x));
  const placed: { bundle: Bundle; low: number; high: number; track: number }[] = [];
  for (const bundle of upperFirst(turning)) {
    const columns = [bundle.from.x, ...bundle.to.map((slot) => slot.x)];
    const low = Math.min(...columns);
    const high = Math.max(...columns);
    let track = 0;
    for (const other of placed) {
      const mustBeBelow = lands(bundle, other.bundle);
      const overlaps = low <= other.high && other.low <= high && !joins(bundle, other.bundle);
      if (mustBeBelow && track <= other.track) track = other.track + 1;
      else if (overlaps && track === other.track) track += 1;
    }
    const taken = (at: number) =>
      placed.some(
        (other) => other.track === at && low <= other.high && other.low <= high && !joins(bundle, other.bundle),
      );
    while (taken(track)) track += 1;
    bundle.track = track;
    placed.push({ bundle, low, high, track });
  }
  return { bundles, tracks: Math.max(0, ...placed.map(({ track }) => track + 1)) };
}

/** Lines to one and the same slot may become one line. */
function joins(a: Bundle, b: Bundle): boolean {
  return a.to.length === 1 && b.to.length === 1 && a.to[0] === b.to[0];
}

/** A bundle that comes down in the column in which another one starts has to turn below it. */
function lands(bundle: Bundle, other: Bundle): boolean {
  return bundle !== other && bundle.to.some((slot) => slot.x === other.from.x);
}

/** Those that must turn above others first; what stands in a ring is taken as it comes. */
function upperFirst(bundles: readonly Bundle[]): Bundle[] {
  const rest = [...bundles];
  const out: Bundle[] = [];
  while (rest.length > 0) {
    const free = rest.findIndex((bundle) => !rest.some((other) => lands(bundle, other)));
    const [next] = rest.splice(Math.max(0, free), 1);
    if (next) out.push(next);
  }
  return out;
}
