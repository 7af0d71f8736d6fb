import type { StepStatus } from "@noetl/client";
import { formatDuration } from "@noetl/core";
import { count, type Palette } from "@noetl/sdk";
import type { ExecutionDocument } from "./document.ts";

/** Execution, state, playbook, duration on one line; then the steps, then what went wrong (cli.md §10). */
export function executionText(execution: ExecutionDocument, paint: Palette): string {
  const lines = [headline(execution, paint), ...stepLines(execution, paint)];
  if (execution.error) {
    const { step, kind, message } = execution.error;
    const where = step === undefined || message.includes(`'${step}'`) ? "" : `step '${step}': `;
    lines.push(paint.red(`  ${where}${message}${kind === undefined ? "" : ` (${kind})`}`));
  }
  return lines.join("\n");
}

export function headline(execution: ExecutionDocument, paint: Palette): string {
  const { execution_id, status, path, version, duration_seconds: seconds } = execution;
  const playbook = path === null ? "" : `  ${path}${version === null ? "" : `@${version}`}`;
  const took = seconds === null ? "" : `  ${formatDuration(seconds * 1_000)}`;
  return `Execution ${execution_id}  ${statusWord(status, paint)}${playbook}${paint.dim(took)}`;
}

export function statusWord(status: string, paint: Palette): string {
  if (status === "COMPLETED") return paint.green(status);
  if (status === "FAILED") return paint.red(status);
  return paint.yellow(status);
}

function stepLines(execution: ExecutionDocument, paint: Palette): string[] {
  if (execution.steps.length > 0) {
    return execution.steps.filter((step) => step.status !== "PENDING").map((step) => stepLine(step, paint));
  }
  const { completed_steps: completed, failed_steps: failed, current_step: current, status } = execution;
  const running = current !== null && !completed.includes(current) && !failed.includes(current) && !isOver(status);
  return [
    ...completed.map((step) => `  ${paint.green("ok  ")}  ${step}`),
    ...failed.map((step) => `  ${paint.red("FAIL")}  ${step}`),
    ...(running ? [`  ${paint.yellow("…   ")}  ${current}`] : []),
  ];
}

function stepLine({ step, status, runs, attempts, loop }: StepStatus, paint: Palette): string {
  const marks: { readonly [status: string]: string } = {
    COMPLETED: paint.green("ok  "),
    FAILED: paint.red("FAIL"),
    SKIPPED: paint.dim("skip"),
    CANCELLED: paint.yellow("stop"),
  };
  const facts: string[] = [];
  if (runs !== null && runs > 1) facts.push(count(runs, "run"));
  // Those of a loop are of all its items together.
  if (loop) facts.push(loopText(loop));
  else if (attempts !== null && attempts > 1) facts.push(count(attempts, "attempt"));
  return `  ${marks[status] ?? paint.yellow("…   ")}  ${step}${facts.length > 0 ? paint.dim(`  ${facts.join(", ")}`) : ""}`;
}

function loopText(loop: NonNullable<StepStatus["loop"]>): string {
  const done = Number(loop.done ?? loop.completed ?? 0);
  const failed = Number(loop.failed ?? 0);
  const total = loop.total === null || loop.total === undefined ? "" : ` of ${count(Number(loop.total), "item")}`;
  return `${done}${total}${failed > 0 ? `, ${failed} failed` : ""}`;
}

function isOver(status: string): boolean {
  return status === "COMPLETED" || status === "FAILED" || status === "CANCELLED";
}
