import { childText, keyOf, listOf, type MapNode, mapOf, type Node, type Where } from "../read/node.ts";
import { rewriteCase } from "./case.ts";
import { type Draft, draftOf, hoistInto, isNull, mergeUnder, put, type Rewriting, rename, take } from "./draft.ts";
import { loopOfIterator, rewriteLoop } from "./loop.ts";
import { rewriteNext } from "./next.ts";
import { rewriteOutput } from "./output.ts";
import { addRetry } from "./retry.ts";
import { rewriteSet } from "./set.ts";
import { rewriteTool } from "./tool.ts";
import type { Workbook } from "./workbook.ts";

/** One step under its canonical keys (DSL §11, §25). Keeps `when`, which is the model's guard. */
export function rewriteStep(step: Node, workbook: Workbook, rewriting: Rewriting): Node {
  if (step.type !== "map") return step;
  const name = childText(step, "step") ?? childText(step, "name");
  const scoped: Rewriting = {
    ...rewriting,
    report: name === undefined ? rewriting.report : rewriting.report.within({ step: name }),
  };
  const { report } = scoped;
  const draft = draftOf(step);
  if (!draft.has("step")) rename(draft, step, "name", "step", report);
  rename(draft, step, "description", "desc", report);
  rejectV1(draft, step, scoped);
  for (const key of ["args", "with"]) {
    const entry = draft.has(key) ? take(draft, key) : undefined;
    if (entry === undefined) continue;
    report.legacy(keyOf(step, key), key, "'input'");
    mergeUnder(draft, "input", entry.value, report);
  }
  rewriteSet(draft, step, scoped);
  rewriteTimeouts(draft, step, scoped);
  if (draft.has("when") && !isNull(draft.get("when")?.value)) {
    report.legacy(keyOf(step, "when"), "when", "a guard; 'spec.policy.admit' says it in the current language");
  }
  rewriteOutput(draft, step, "step", scoped);
  rewriteTools(draft, step, workbook, scoped);
  const loop = draft.get("loop")?.value;
  if (loop !== undefined) put(draft, "loop", rewriteLoop(loop, scoped));
  rewriteRouting(draft, step, scoped);
  return mapOf(draft, step);
}

function rejectV1(draft: Draft, step: MapNode, { report }: Rewriting): void {
  const keys = draft.has("tool") ? ["type", "call"] : ["type", "call", "with"];
  for (const key of keys) {
    if (!draft.has(key)) continue;
    const message = `'${key}' is not part of the current language; use 'tool: {kind: …}'`;
    report.error("E_LEGACY_V1", keyOf(step, key), message);
    draft.delete(key);
  }
  if (draft.has("goto")) {
    report.error("E_LEGACY_KEY", keyOf(step, "goto"), "'goto' is not part of the current language; use 'next'");
    draft.delete("goto");
  }
  for (const key of ["eval", "expr"]) {
    if (!draft.has(key)) continue;
    const message = `'${key}' is not part of the current language; use 'next.arcs[].when' or policy rules`;
    report.error("E_LEGACY_EVAL", keyOf(step, key), message);
    draft.delete(key);
  }
}

function rewriteTimeouts(draft: Draft, step: MapNode, { report }: Rewriting): void {
  for (const key of ["timeout", "timeout_seconds"]) {
    const entry = draft.has(key) ? take(draft, key) : undefined;
    if (entry === undefined) continue;
    report.legacy(keyOf(step, key), key, "'spec.timeout_seconds'");
    hoistInto(draft, "spec", "timeout_seconds", entry, entry.value);
  }
  const spec = draft.get("spec")?.value;
  if (spec?.type !== "map" || !spec.entries.has("timeout")) return;
  const inner = draftOf(spec);
  const timeout = take(inner, "timeout");
  if (timeout && !inner.has("timeout_seconds")) inner.set("timeout_seconds", timeout);
  put(draft, "spec", mapOf(inner, spec));
}

function rewriteTools(draft: Draft, step: MapNode, workbook: Workbook, rewriting: Rewriting): void {
  const { report } = rewriting;
  const auth = draft.has("auth") ? take(draft, "auth") : undefined;
  if (auth) report.legacy(keyOf(step, "auth"), "auth", "the 'auth' of each tool");
  const retryWhere = keyOf(step, "retry");
  const retry = draft.has("retry") ? take(draft, "retry") : undefined;
  const tool = draft.get("tool")?.value;
  if (tool === undefined || isNull(tool)) return;
  let made = workbook.resolve(rewriteTool(tool, rewriting), report);
  if (auth) made = eachTask(made, (task) => withAuth(task, auth.value));
  if (retry) made = eachTask(made, (task) => addRetry(task, retry.value, retryWhere, rewriting));
  put(draft, "tool", rewriteIterator(draft, made, rewriting));
}

function eachTask(tool: Node, change: (task: MapNode) => MapNode): Node {
  if (tool.type === "list") {
    return listOf(
      tool.items.map((item) => (item.type === "map" ? change(item) : item)),
      tool,
    );
  }
  return tool.type === "map" ? change(tool) : tool;
}

function withAuth(task: MapNode, auth: Node): MapNode {
  if (task.entries.has("auth")) return task;
  const draft = draftOf(task);
  put(draft, "auth", auth);
  return mapOf(draft, task);
}

function rewriteIterator(draft: Draft, tool: Node, { report }: Rewriting): Node {
  const only = tool.type === "list" && tool.items.length === 1 ? tool.items[0] : tool;
  if (only?.type !== "map" || draft.has("loop")) return tool;
  const iterator = only.entries.get("iterator")?.value;
  if (iterator?.type !== "map") return tool;
  const where: Where = keyOf(only, "iterator");
  report.legacy(where, "iterator", "'loop' of the step");
  put(draft, "loop", loopOfIterator(iterator, where));
  const rest = draftOf(only);
  rest.delete("iterator");
  const made = mapOf(rest, only);
  return tool.type === "list" ? listOf([made], tool) : made;
}

function rewriteRouting(draft: Draft, step: MapNode, rewriting: Rewriting): void {
  const { report } = rewriting;
  const spec = draft.get("spec")?.value;
  let mode: Node | undefined;
  if (spec?.type === "map" && spec.entries.has("next_mode")) {
    report.legacy(keyOf(spec, "next_mode"), "spec.next_mode", "'next.spec.mode'");
    const inner = draftOf(spec);
    mode = take(inner, "next_mode")?.value;
    put(draft, "spec", mapOf(inner, spec));
  }
  const next = draft.has("next") ? take(draft, "next") : undefined;
  const router = next ? rewriteNext(next.value, mode, rewriting) : undefined;
  if (next && router) draft.set("next", { key: next.key, value: router });
  rewriteCase(draft, step, rewriting);
}
