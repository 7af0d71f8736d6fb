import type { Loop, Playbook, Step } from "../model.ts";
import { child, childMap, childText } from "../read/node.ts";
import { RESERVED_NAMES } from "../sites/names.ts";
import { type Checking, whereOf } from "./context.ts";

/** DSL §16 */
export function checkLoops(playbook: Playbook, checking: Checking): void {
  for (const step of playbook.workflow) {
    if (step.loop) checkLoop(step, step.loop, { ...checking, report: checking.report.within({ step: step.step }) });
  }
}

function checkLoop(step: Step, loop: Loop, checking: Checking): void {
  const { report, trace } = checking;
  const node = trace.of(loop);
  if (node?.type !== "map") return;
  const hasIn = child(node, "in") !== undefined;
  const hasCursor = child(node, "cursor") !== undefined;
  if (hasIn === hasCursor) {
    const message = hasIn ? "a loop has either 'in' or 'cursor', not both" : "a loop needs 'in' or 'cursor'";
    report.error("E_LOOP_SOURCE", node, message);
  }
  const iterator = childText(node, "iterator");
  const where = whereOf(checking, loop, "iterator");
  if (iterator === "job" && hasCursor) {
    // The example of DSL §16.6 is named so. It hides no more than the run's ids, which `execution_id` tells too.
    report.warn("W_RESERVED_NAME", where, "'job' hides the ids of the run here", "execution_id is the same");
  } else if (iterator !== undefined && RESERVED_NAMES.has(iterator)) {
    report.error("E_RESERVED_NAME", where, `iterator name '${iterator}' means something else in templates`);
  } else if (iterator !== undefined && !/^[A-Za-z_]\w*$/.test(iterator)) {
    report.error("E_LOOP_ITERATOR", where, `iterator '${iterator}' must be an identifier`);
  }
  const spec = childMap(node, "spec");
  const mode = childText(spec, "mode");
  if (mode !== undefined && (mode === "cursor") !== hasCursor && hasIn !== hasCursor) {
    const message = hasCursor ? "a loop over a cursor has 'mode: cursor'" : "'mode: cursor' needs 'cursor'";
    report.error("E_LOOP_CURSOR_MODE", child(spec, "mode") ?? node, message);
  }
  const frame = child(spec, "frame");
  if (frame !== undefined && !hasCursor) {
    report.error("E_FRAME_MODE", frame, "'frame' belongs to loops over a cursor");
  }
  checkParallelWrites(step, loop, checking);
}

/** Iterations that run at the same time write the same variable: the last one wins, whichever it is (DSL §15.4). */
function checkParallelWrites(step: Step, loop: Loop, checking: Checking): void {
  if (loop.mode !== "parallel") return;
  for (const task of step.tasks) {
    for (const entry of [...task.set, ...task.rules.flatMap((rule) => rule.set)]) {
      if (entry.scope !== "ctx") continue;
      const message = `parallel iterations all write ctx.${entry.path.join(".")}; the last one wins`;
      const hint = "write iter.<name>, and read the results of the loop";
      checking.report.warn("W_SET_CTX_PARALLEL", whereOf(checking, entry, "value"), message, hint);
    }
  }
}
