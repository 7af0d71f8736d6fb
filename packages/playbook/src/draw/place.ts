import type { Slot } from "./layers.ts";

const GAP = 3;
const ROUNDS = 12;

/** Gives every slot a column near its neighbours, without overlaps; the leftmost edge is column 0. */
export function place(layers: readonly Slot[][]): void {
  for (const row of layers) spread(row, () => 0);
  for (let round = 0; round < ROUNDS; round++) {
    const down = round % 2 === 0;
    for (const row of down ? layers : [...layers].reverse()) {
      spread(row, (slot) => mean(down ? slot.up : slot.down) ?? slot.x);
    }
  }
  for (const row of layers) straighten(row);
  const left = Math.min(...layers.flat().map((slot) => slot.x - (slot.width >> 1)));
  for (const slot of layers.flat()) slot.x -= left;
}

/** A line that comes from above and could go straight on goes straight on. */
function straighten(row: readonly Slot[]): void {
  row.forEach((slot, index) => {
    const [above] = slot.up;
    if (slot.up.length !== 1 || above === undefined || above.x === slot.x) return;
    if (slot.node !== undefined && Math.abs(above.x - slot.x) > 2) return;
    const [before, after] = [row[index - 1], row[index + 1]];
    const free =
      (before === undefined || above.x >= before.x + halves(before, slot) + GAP) &&
      (after === undefined || above.x + halves(slot, after) + GAP <= after.x);
    if (free) slot.x = above.x;
  });
}

function mean(slots: readonly Slot[]): number | undefined {
  return slots.length === 0 ? undefined : slots.reduce((sum, slot) => sum + slot.x, 0) / slots.length;
}

/** Nearest columns to the wanted ones that keep the order and the gaps: isotonic regression by pooling. */
function spread(row: readonly Slot[], wanted: (slot: Slot) => number): void {
  const pools: { sum: number; count: number; slots: number[] }[] = [];
  const offsets: number[] = [];
  row.forEach((slot, index) => {
    const before = row[index - 1];
    const offset = before === undefined ? 0 : (offsets[index - 1] ?? 0) + halves(before, slot) + GAP;
    offsets.push(offset);
    let pool = { sum: wanted(slot) - offset, count: 1, slots: [index] };
    for (
      let last = pools.at(-1);
      last !== undefined && last.sum / last.count > pool.sum / pool.count;
      last = pools.at(-1)
    ) {
      pools.pop();
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count, slots: [...last.slots, ...pool.slots] };
    }
    pools.push(pool);
  });
  for (const pool of pools) {
    const at = Math.round(pool.sum / pool.count);
    for (const index of pool.slots) {
      const slot = row[index];
      if (slot) slot.x = at + (offsets[index] ?? 0);
    }
  }
}

function halves(left: Slot, right: Slot): number {
  return left.width - (left.width >> 1) + (right.width >> 1);
}
