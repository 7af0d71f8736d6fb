import type { GraphNode, PlaybookGraph } from "../plan/graph.ts";

/** A node in its layer, or a place where a long arc passes through one. */
export interface Slot {
  readonly node?: GraphNode;
  readonly layer: number;
  readonly up: Slot[];
  readonly down: Slot[];
  /** position in its layer */
  order: number;
  /** column of its middle */
  x: number;
  width: number;
}

/** Layers from top to bottom; every arc leads from one layer to the next (arcs that lead back are left out). */
export function layersOf(graph: PlaybookGraph, drawn: readonly GraphNode[]): Slot[][] {
  const slots = new Map<string, Slot>();
  const targets = new Map<string, Set<string>>();
  const names = new Set(drawn.map((node) => node.step));
  for (const edge of graph.edges) {
    if (edge.back || !names.has(edge.from) || !names.has(edge.to)) continue;
    targets.set(edge.from, (targets.get(edge.from) ?? new Set()).add(edge.to));
  }
  const depth = depths(drawn, targets);
  const layers: Slot[][] = [];
  const add = (layer: number, node?: GraphNode): Slot => {
    const row = layers[layer] ?? [];
    layers[layer] = row;
    const slot: Slot = { ...(node ? { node } : {}), layer, up: [], down: [], order: row.length, x: 0, width: 1 };
    row.push(slot);
    return slot;
  };
  for (const node of drawn) slots.set(node.step, add(depth.get(node.step) ?? 0, node));
  for (const [from, all] of targets) {
    for (const to of all) {
      let above = slots.get(from);
      const below = slots.get(to);
      if (above === undefined || below === undefined) continue;
      while (above.layer + 1 < below.layer) {
        const passing = add(above.layer + 1);
        connect(above, passing);
        above = passing;
      }
      connect(above, below);
    }
  }
  const full = Array.from(layers, (row) => row ?? []);
  untangle(full);
  return full;
}

function connect(above: Slot, below: Slot): void {
  above.down.push(below);
  below.up.push(above);
}

/** Longest way from the top; a step stands below everything that leads to it. */
function depths(drawn: readonly GraphNode[], targets: ReadonlyMap<string, ReadonlySet<string>>): Map<string, number> {
  const waiting = new Map(drawn.map((node) => [node.step, 0]));
  for (const all of targets.values()) for (const to of all) waiting.set(to, (waiting.get(to) ?? 0) + 1);
  const depth = new Map<string, number>();
  const open = drawn.map((node) => node.step).filter((step) => waiting.get(step) === 0);
  for (let step = open.shift(); step !== undefined; step = open.shift()) {
    const own = depth.get(step) ?? 0;
    depth.set(step, own);
    for (const to of targets.get(step) ?? []) {
      depth.set(to, Math.max(depth.get(to) ?? 0, own + 1));
      const left = (waiting.get(to) ?? 0) - 1;
      waiting.set(to, left);
      if (left === 0) open.push(to);
    }
  }
  return depth;
}

const SWEEPS = 8;

/** Orders each layer by the middle of its neighbours, downwards and upwards in turn, and keeps the best order met. */
function untangle(layers: Slot[][]): void {
  let best = layers.map((row) => [...row]);
  let fewest = crossings(layers);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? layers : [...layers].reverse()) {
      const wanted = new Map(row.map((slot) => [slot, middle(down ? slot.up : slot.down, slot.order)]));
      row.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || a.order - b.order);
      renumber(row);
    }
    const count = crossings(layers);
    if (count >= fewest) continue;
    fewest = count;
    best = layers.map((row) => [...row]);
  }
  best.forEach((row, index) => {
    layers[index] = row;
    renumber(row);
  });
}

function renumber(row: readonly Slot[]): void {
  row.forEach((slot, index) => {
    slot.order = index;
  });
}

function middle(neighbours: readonly Slot[], otherwise: number): number {
  if (neighbours.length === 0) return otherwise;
  return neighbours.reduce((sum, slot) => sum + slot.order, 0) / neighbours.length;
}

function crossings(layers: readonly Slot[][]): number {
  let count = 0;
  for (const row of layers) {
    const arcs = row.flatMap((slot) => slot.down.map((to) => ({ from: slot.order, to: to.order })));
    for (const [index, a] of arcs.entries()) {
      for (const b of arcs.slice(index + 1)) if ((a.from - b.from) * (a.to - b.to) < 0) count++;
    }
  }
  return count;
}
