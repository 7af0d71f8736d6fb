import type { Workflow } from "./state.ts";

type Box = Workflow["drawing"]["boxes"][number];

const middle = (box: Box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

/** The nearest box in the direction of an arrow key; undefined for other keys and when there is none. */
export function boxBeside({ drawing, graph }: Workflow, step: string | undefined, key: string): string | undefined {
  const boxes = drawing.boxes.filter(({ step: name }) => !isImplicit(graph, name));
  const here = boxes.find((box) => box.step === step);
  const direction = DIRECTIONS[key];
  if (!direction) return undefined;
  if (!here) return boxes[0]?.step;
  const from = middle(here);
  let best: { step: string; distance: number } | undefined;
  for (const box of boxes) {
    const to = middle(box);
    const along = (to.x - from.x) * direction.x + (to.y - from.y) * direction.y;
    const aside = Math.abs((to.x - from.x) * direction.y) + Math.abs((to.y - from.y) * direction.x);
    if (box === here || along <= 0 || (direction.x !== 0 && aside >= here.height)) continue;
    // Up and down the layer counts most, then how far aside it is.
    const distance = along * 4 + aside;
    if (!best || distance < best.distance) best = { step: box.step, distance };
  }
  return best?.step;
}

const DIRECTIONS: { readonly [key: string]: { x: number; y: number } } = {
  up: { x: 0, y: -1 },
  k: { x: 0, y: -1 },
  down: { x: 0, y: 1 },
  j: { x: 0, y: 1 },
  left: { x: -1, y: 0 },
  h: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  l: { x: 1, y: 0 },
};

function isImplicit(graph: Workflow["graph"], step: string): boolean {
  return graph.nodes.some((node) => node.step === step && node.implicit === true);
}
