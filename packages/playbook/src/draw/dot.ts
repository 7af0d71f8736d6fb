import type { GraphNode, PlaybookGraph } from "../plan/graph.ts";

/** Graphviz DOT. Back arcs are dashed and do not pull their target below. */
export function toDot(graph: PlaybookGraph): string {
  const lines = [
    `digraph ${quoted(graph.name)} {`,
    "  rankdir=TB;",
    '  node [shape=box, style=rounded, fontname="Helvetica", fontsize=11];',
    '  edge [fontname="Helvetica", fontsize=9];',
  ];
  for (const node of graph.nodes) lines.push(`  ${quoted(node.step)} [${attributes(node, graph)}];`);
  for (const edge of graph.edges) {
    const label = edge.when ?? (edge.otherwise ? "else" : undefined);
    const parts = [
      ...(label === undefined ? [] : [`label=${quoted(label)}`]),
      ...(edge.back ? ["style=dashed", "constraint=false"] : []),
    ];
    const suffix = parts.length === 0 ? "" : ` [${parts.join(", ")}]`;
    lines.push(`  ${quoted(edge.from)} -> ${quoted(edge.to)}${suffix};`);
  }
  return `${[...lines, "}"].join("\n")}\n`;
}

function attributes(node: GraphNode, graph: PlaybookGraph): string {
  const rows = [node.step, node.kinds.join(" → "), node.loop === undefined ? "" : `each ${node.loop}`];
  const parts = [`label=${quoted(rows.filter((row) => row !== "").join("\n"))}`];
  if (node.desc !== undefined) parts.push(`tooltip=${quoted(node.desc)}`);
  if (node.step === graph.entry) parts.push("penwidth=2");
  if (node.step === graph.finalStep || node.implicit) parts.push("shape=doublecircle");
  if (node.loop !== undefined) parts.push("peripheries=2");
  if (node.unreachable) parts.push('style="rounded,dashed"', 'color="gray"');
  return parts.join(", ");
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
