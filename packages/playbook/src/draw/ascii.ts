import type { GraphEdge, GraphNode, PlaybookGraph } from "../plan/graph.ts";
import { type Canvas, canvas } from "./canvas.ts";
import { route } from "./channel.ts";
import { layersOf, type Slot } from "./layers.ts";
import { place } from "./place.ts";

export interface DrawOptions {
  /** `+-|` instead of box characters */
  ascii?: boolean;
  /** one more row in the box of a step; its place may be written over later, so it should keep its width */
  note?: (step: string) => string;
}

/** The drawing and where its boxes are, for those who light them up. */
export interface Drawing {
  lines: string[];
  boxes: { step: string; x: number; y: number; width: number; height: number }[];
  /** conditions by number, and what is not drawn */
  legend: string[];
}

const MAX_TEXT = 44;

/**
 * The workflow as boxes in layers. Conditions are numbered where their arc arrives and spelled out below; an arc that
 * leads back is told inside the box it leaves, behind `↺`.
 */
export function toAscii(graph: PlaybookGraph, options: DrawOptions = {}): string {
  const { lines, legend } = drawWorkflow(graph, options);
  return `${[...lines, ...legend].join("\n").trimEnd()}\n`;
}

/** The same in parts. */
export function drawWorkflow(graph: PlaybookGraph, options: DrawOptions = {}): Drawing {
  const marks = options.ascii ? { down: "v", back: "^" } : { down: "▼", back: "↺" };
  const reached = new Set(graph.edges.map((edge) => edge.to));
  const apart = (node: GraphNode) => node.unreachable || (node.step === graph.finalStep && !reached.has(node.step));
  const drawn = graph.nodes.filter((node) => !apart(node));
  const numbers = numbered(graph.edges);
  const layers = layersOf(graph, drawn);
  const texts = new Map(
    drawn.map((node) => {
      const note = options.note && !node.implicit ? [options.note(node.step)] : [];
      return [node.step, [...rowsOf(node, graph, numbers, marks.back), ...note]];
    }),
  );
  for (const slot of layers.flat()) {
    const rows = slot.node ? (texts.get(slot.node.step) ?? []) : [];
    slot.width = slot.node ? Math.max(...rows.map((row) => [...row].length)) + 4 : 1;
  }
  place(layers);
  const art = canvas(options);
  const boxes: Drawing["boxes"] = [];
  let y = 0;
  for (const row of layers) {
    for (const { node, x, width } of row) {
      const height = node ? (texts.get(node.step)?.length ?? 0) + 2 : 0;
      if (node) boxes.push({ step: node.step, x: x - (width >> 1), y, width, height });
    }
    y = drawLayer(art, row, texts, y);
    y = drawChannel(art, row, graph.edges, numbers, marks.down, y);
  }
  return { lines: art.lines(), boxes, legend: legend(graph, numbers, marks.back) };
}

/** Only arcs with a condition have a number. */
function numbered(edges: readonly GraphEdge[]): Map<GraphEdge, number> {
  return new Map(edges.filter((edge) => edge.when !== undefined).map((edge, index) => [edge, index + 1]));
}

function rowsOf(
  node: GraphNode,
  graph: PlaybookGraph,
  numbers: ReadonlyMap<GraphEdge, number>,
  back: string,
): string[] {
  const rows = [node.step === graph.entry ? `> ${node.step}` : node.step];
  const kinds = node.kinds.join(", ");
  const loop = node.loop === undefined ? "" : `each ${node.loop}`;
  for (const row of [kinds, loop]) if (row !== "") rows.push(row);
  for (const edge of graph.edges) {
    if (edge.from !== node.step || !edge.back) continue;
    const number = numbers.get(edge);
    rows.push(`${back} ${edge.to}${number === undefined ? "" : ` ${number}`}`);
  }
  return rows.map((row) => (row.length > MAX_TEXT ? `${row.slice(0, MAX_TEXT - 1)}…` : row));
}

function drawLayer(art: Canvas, row: readonly Slot[], texts: ReadonlyMap<string, string[]>, top: number): number {
  const heights = row.map((slot) => (slot.node ? (texts.get(slot.node.step)?.length ?? 0) + 2 : 1));
  const bottom = top + Math.max(...heights);
  row.forEach((slot, index) => {
    if (slot.node === undefined) {
      art.vertical(slot.x, top, bottom);
      return;
    }
    const left = slot.x - (slot.width >> 1);
    const height = heights[index] ?? 3;
    art.box(left, top, slot.width, height);
    texts.get(slot.node.step)?.forEach((text, line) => {
      art.write(left + 2, top + 1 + line, text);
    });
    if (slot.down.length > 0) art.vertical(slot.x, top + height - 1, bottom);
  });
  return bottom;
}

function drawChannel(
  art: Canvas,
  row: readonly Slot[],
  edges: readonly GraphEdge[],
  numbers: ReadonlyMap<GraphEdge, number>,
  arrow: string,
  top: number,
): number {
  const { bundles, tracks } = route(row);
  if (bundles.length === 0) return top;
  const bottom = top + tracks;
  const arrivals = new Set<Slot>();
  for (const { from, to, track } of bundles) {
    for (const slot of to) {
      arrivals.add(slot);
      const turn = top + (track ?? 0);
      if (slot.x !== from.x) {
        art.vertical(from.x, top, turn);
        art.horizontal(turn, from.x, slot.x);
        art.vertical(slot.x, turn, bottom);
      } else {
        art.vertical(slot.x, top, bottom);
      }
    }
  }
  for (const slot of arrivals) {
    if (slot.node === undefined) {
      art.vertical(slot.x, bottom, bottom + 1);
      continue;
    }
    art.write(slot.x, bottom, arrow);
  }
  for (const slot of arrivals) {
    const step = slot.node?.step;
    const label = edges
      .filter((edge) => edge.to === step && !edge.back && numbers.has(edge))
      .map((edge) => numbers.get(edge))
      .join(" ");
    if (label !== "" && art.isFree(slot.x + 1, bottom, label.length + 1)) art.write(slot.x + 2, bottom, label);
  }
  return bottom + 1;
}

function legend(graph: PlaybookGraph, numbers: ReadonlyMap<GraphEdge, number>, back: string): string[] {
  const out: string[] = [];
  const shown = graph.edges.filter((edge) => edge.when !== undefined || edge.otherwise);
  const names = shown.map((edge) => `${edge.from} ${edge.back ? back : "→"} ${edge.to}`);
  const width = Math.min(48, Math.max(0, ...names.map((name) => name.length)));
  shown.forEach((edge, index) => {
    const number = numbers.get(edge);
    const name = names[index] ?? "";
    out.push(`${String(number ?? "").padStart(3)}  ${name.padEnd(width)}  ${edge.when ?? "else"}`);
  });
  const notes: string[] = [];
  const reached = new Set(graph.edges.map((edge) => edge.to));
  if (graph.finalStep !== undefined && !reached.has(graph.finalStep)) notes.push(`at the very end: ${graph.finalStep}`);
  const dead = graph.nodes.filter((node) => node.unreachable).map((node) => node.step);
  if (dead.length > 0) notes.push(`never reached: ${dead.join(", ")}`);
  return [...(out.length > 0 ? ["", ...out] : []), ...(notes.length > 0 ? ["", ...notes] : [])];
}
