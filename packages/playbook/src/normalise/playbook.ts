import { keyOf, listOf, type MapNode, mapOf, type Node } from "../read/node.ts";
import { type Draft, draftOf, isNull, put, type Rewriting, rename, take } from "./draft.ts";
import { rewriteStep } from "./step.ts";
import { readWorkbook } from "./workbook.ts";

/**
 * The tree in the current language: every legacy form rewritten and reported, the workbook resolved away (DSL §25, §10).
 * Rewriting a rewritten tree changes nothing.
 */
export function normalise(root: MapNode, rewriting: Rewriting): MapNode {
  const { report } = rewriting;
  const draft = draftOf(root);
  rewriteWorkload(draft, root, rewriting);
  if (draft.has("vars") && !isNull(draft.get("vars")?.value)) {
    report.legacy(keyOf(root, "vars"), "vars", "initial values of 'ctx'", "E_ROOT_VARS");
  }
  if (draft.has("spec") && !isNull(draft.get("spec")?.value)) {
    report.legacy(keyOf(root, "spec"), "spec", "read-only constants; 'workload' holds them in the current language");
  }
  const keychain = draft.get("keychain")?.value;
  if (keychain?.type === "list") {
    put(
      draft,
      "keychain",
      listOf(
        keychain.items.map((item) => rewriteKeychain(item, rewriting)),
        keychain,
      ),
    );
  }
  const workbook = readWorkbook(draft.get("workbook")?.value, rewriting);
  draft.delete("workbook");
  const workflow = draft.get("workflow")?.value;
  if (workflow?.type === "list") {
    put(
      draft,
      "workflow",
      listOf(
        workflow.items.map((step) => rewriteStep(step, workbook, rewriting)),
        workflow,
      ),
    );
  }
  return mapOf(draft, root);
}

function rewriteWorkload(draft: Draft, root: MapNode, { report }: Rewriting): void {
  const where = keyOf(root, "input");
  const input = draft.has("input") ? take(draft, "input") : undefined;
  if (input === undefined) return;
  report.legacy(where, "input", "'workload'");
  const workload = draft.get("workload")?.value;
  if (workload === undefined || isNull(workload)) {
    draft.set("workload", input);
  } else if (workload.type === "map" && input.value.type === "map") {
    put(draft, "workload", mapOf(new Map([...input.value.entries, ...workload.entries]), workload));
  }
}

function rewriteKeychain(entry: Node, { report }: Rewriting): Node {
  if (entry.type !== "map") return entry;
  const draft = draftOf(entry);
  rename(draft, entry, "type", "kind", report);
  return mapOf(draft, entry);
}
