import type { Playbook, Step, Task } from "../model.ts";
import { child, type MapNode } from "../read/node.ts";
import { suggestion } from "../report/suggest.ts";
import { RESERVED_NAMES } from "../sites/names.ts";
import { type Checking, isAlways, stepName, whereOf } from "./context.ts";

/** Names of steps, presence of tools, labels and rules of pipelines (DSL §11–§13). */
export function checkSteps(playbook: Playbook, checking: Checking): void {
  const first = new Map<string, Step>();
  for (const step of playbook.workflow) {
    const scoped: Checking = { ...checking, report: checking.report.within({ step: step.step }) };
    checkName(step, first, checking, scoped);
    checkTool(step, scoped);
    checkLabels(step, scoped);
    step.tasks.forEach((task, index) => {
      const report = step.single ? scoped.report : scoped.report.within({ task: task.name });
      checkRules(step, task, index, { ...scoped, report });
    });
  }
}

function checkName(step: Step, first: Map<string, Step>, outer: Checking, { report }: Checking): void {
  const where = stepName(outer, step);
  const name = step.step;
  const bad = name.length > 255 || name !== name.trim() || name.includes("{{") || /\p{Cc}/u.test(name);
  if (bad) {
    const message = "a step name is 1 to 255 printable characters without blanks around it and without '{{'";
    outer.report.error("E_STEP_NAME", where, `'${name}': ${message}`);
  }
  const earlier = first.get(name);
  if (earlier !== undefined) {
    const line = outer.report.lines.position(stepName(outer, earlier).span.start).line;
    outer.report.error("E_STEP_DUP", where, `duplicate step name '${name}' (first at line ${line})`);
  } else {
    first.set(name, step);
  }
  if (RESERVED_NAMES.has(name)) {
    report.warn(
      "W_RESERVED_NAME",
      where,
      `'${name}' means something else in templates`,
      `write steps.${name} to read it`,
    );
  }
}

function checkTool(step: Step, checking: Checking): void {
  const node = checking.trace.of(step);
  if (node?.type !== "map" || child(node as MapNode, "tool") !== undefined) return;
  const where = stepName(checking, step);
  if (checking.report.profile === "strict")
    checking.report.error("E_TOOL_MISSING", where, "no tool", "write 'tool: {kind: noop}'");
  else checking.report.warn("W_TOOL_MISSING", where, "no tool; it does nothing", "write 'tool: {kind: noop}'");
}

function checkLabels(step: Step, checking: Checking): void {
  const seen = new Set<string>();
  if (step.single) return;
  for (const task of step.tasks) {
    const where = whereOf(checking, task, "name");
    if (seen.has(task.name)) checking.report.error("E_TASK_DUP", where, `two tasks are named '${task.name}'`);
    seen.add(task.name);
    if (RESERVED_NAMES.has(task.name)) {
      checking.report.error("E_RESERVED_NAME", where, `task name '${task.name}' means something else in templates`);
    }
    const node = checking.trace.of(task);
    if (node?.type === "map" && node.entries.has("loop")) {
      checking.report.error(
        "E_LOOP_NESTED",
        node.entries.get("loop")?.value ?? node,
        "a task cannot loop; loop the step",
      );
    }
  }
}

function checkRules(step: Step, task: Task, index: number, checking: Checking): void {
  const labels = step.tasks.map((other) => other.name);
  let closed = false;
  task.rules.forEach((rule, at) => {
    const report = checking.report.within({ rule: at + 1 });
    if (closed) {
      report.warn("W_RULE_UNREACHABLE", whereOf(checking, rule), "a rule before it always matches");
      closed = false; // told once a task
    } else if (isAlways(rule.when) && at < task.rules.length - 1) {
      closed = true;
    }
    if (rule.do !== "jump") return;
    const where = whereOf(checking, rule, "to");
    if (rule.to === undefined) {
      report.error("E_RULE_JUMP", where, "'do: jump' needs 'to'");
    } else if (rule.to === "previous") {
      if (index === 0 && !step.single) report.error("E_RULE_JUMP", where, "there is no task before the first one");
    } else if (!labels.includes(rule.to)) {
      const hint = step.single ? "a single tool can only jump to itself" : suggestion(rule.to, labels);
      report.error("E_RULE_JUMP", where, `jump to unknown task '${rule.to}'`, hint);
    }
  });
}
