import { drawWorkflow, graphOf, type ToolCatalog } from "@noetl/playbook";
import { readPlaybookOr } from "../source/step-templates.ts";
import type { Workflow } from "../state/state.ts";
import { NOTE_WIDTH } from "../view/execution/graph.ts";

/** The drawing of a playbook's text, with room in each box; or why there is none. */
export function drawn(
  text: string | null,
  { tools, ascii, notes }: { tools?: ToolCatalog | undefined; ascii: boolean; notes: boolean },
): { workflow: Workflow } | { problem: string } {
  const read = readPlaybookOr(text, tools);
  if (typeof read === "string") return { problem: read };
  const graph = graphOf(read);
  const note = () => " ".repeat(NOTE_WIDTH);
  return { workflow: { graph, drawing: drawWorkflow(graph, { ascii, ...(notes ? { note } : {}) }) } };
}
