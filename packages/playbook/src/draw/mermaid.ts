import type { GraphNode, PlaybookGraph } from "../plan/graph.ts";

/** A Mermaid flowchart. Back arcs are dotted, loops are drawn as stacked boxes. */
export function toMermaid(graph: PlaybookGraph): string {
  const ids = new Map(graph.nodes.map((node, index) => [node.step, `s${index}`]));
  const id = (step: string) => ids.get(step) ?? "s";
  const lines = ["flowchart TD"];
  for (const node of graph.nodes) lines.push(`  ${id(node.step)}${shape(node, graph)}`);
  for (const edge of graph.edges) {
    const label = edge.when ?? (edge.otherwise ? "else" : "");
    const line = edge.back ? "-.->" : "-->";
    lines.push(`  ${id(edge.from)} ${line}${label === "" ? "" : `|"${quoted(label)}"|`} ${id(edge.to)}`);
  }
  const dead = graph.nodes.filter((node) => node.unreachable).map((node) => id(node.step));
  if (dead.length > 0)
    lines.push("  classDef dead stroke-dasharray: 4 4,opacity: 0.6;", `  class ${dead.join(",")} dead;`);
  return `${lines.join("\n")}\n`;
}

function shape(node: GraphNode, graph: PlaybookGraph): string {
  const kinds = node.kinds.length === 0 ? "" : `<br/><small>${quoted(node.kinds.join(" → "))}</small>`;
  const loop = node.loop === undefined ? "" : `<br/><small>each ${quoted(node.loop)}</small>`;
  const label = `"${quoted(node.step)}${kinds}${loop}"`;
  if (node.step === graph.entry) return `([${label}])`;
  if (node.step === graph.finalStep || node.implicit) return `((${label}))`;
  return node.loop === undefined ? `[${label}]` : `[[${label}]]`;
}

function quoted(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "#quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
