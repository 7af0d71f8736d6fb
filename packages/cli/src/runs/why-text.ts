import { formatDuration } from "@noetl/core";
import type { ArcReason, Explanation, RunExplanation, StepExplanation, Waiting } from "@noetl/engine";
import type { Palette } from "@noetl/sdk";
import { count, longTime } from "@noetl/sdk";
import { traceLines } from "../report/lines.ts";
import type { ExplainedRun } from "./explain.ts";

/** `noetl why` for people: how the run stands, what it waits for, then each step with what led to it and away from it. */
export function whyText({ run, explanation }: ExplainedRun, paint: Palette): string {
  const lines = [
    `${paint.bold(run.path)}  ${run.status}  ${paint.dim(`run ${run.execution_id}`)}`,
    ...standing(run, explanation),
  ];
  for (const step of explanation.steps) {
    lines.push("", `${paint.bold(step.step)}  ${step.status}`, ...stepLines(step, paint).map((line) => `  ${line}`));
  }
  return lines.join("\n");
}

function standing(run: ExplainedRun["run"], { error, failed_steps, waiting }: Explanation): string[] {
  if (error)
    return [
      `it failed${failed_steps.length > 0 ? ` in ${failed_steps.join(", ")}` : ""}: ${error.message} (${error.kind})`,
    ];
  const lines = waiting.map((wait) => `it waits: ${waitText(wait)}`);
  if (run.status !== "INTERRUPTED") return lines;
  const again = run.source === null ? "--resume" : `noetl run ${run.source} --resume`;
  return ["its process is gone before it ended; what was running then:", ...lines, `${again} goes on from here`];
}

function waitText(wait: Waiting): string {
  switch (wait.for) {
    case "worker":
      return `${wait.step} is running (${wait.command_id}${wait.attempt > 1 ? `, delivery ${wait.attempt}` : ""})${wait.stopping ? ", asked to stop" : ""}`;
    case "child":
      return `${wait.step} waits for playbook ${wait.path}${wait.child ? `, run ${wait.child}` : ", not started yet"}`;
    case "time":
      return `${wait.step} waits until ${longTime(wait.until)}`;
    case "callback":
      return `${wait.step} waits for a callback`;
    case "step":
      return `${wait.step} joins ${wait.arrived.join(", ") || "its sources"} and waits for ${wait.waits_for}, which can still come`;
  }
}

function stepLines(step: StepExplanation, paint: Palette): string[] {
  const lines = step.runs.flatMap((run) => runLines(run, step.runs.length > 1, paint));
  if (step.runs.length === 0) lines.push("it did not run");
  for (const { from, event, reason, message } of step.not_taken) {
    lines.push(`${from} did not lead here after ${event}: ${reasonText(reason)}${message ? ` (${message})` : ""}`);
  }
  for (const { from } of step.dropped) lines.push(`the branch from ${from} came too late and was dropped`);
  return lines;
}

function runLines(run: RunExplanation, several: boolean, paint: Palette): string[] {
  const lead = several ? `run ${run.run}: ` : "";
  if (run.skipped) return [`${lead}skipped: ${run.skipped === "guard" ? "its condition is false" : "not admitted"}`];
  const took = run.ended_at === undefined ? "" : `, took ${formatDuration(run.ended_at - run.entered_at)}`;
  const lines = [`${lead}entered from ${run.from.join(", ") || "the start"}${took}`];
  const failed = run.calls.filter((call) => call.outcome === "error");
  const retried = run.calls.filter((call) => call.attempts > 1);
  const lost = run.calls.filter((call) => call.deliveries > 1);
  if (run.calls.length > 1) lines.push(`${count(run.calls.length, "call")}, ${failed.length} failed`);
  if (retried.length > 0) {
    lines.push(
      `retried: ${retried.map(({ command_id, attempts }) => `${command_id} took ${count(attempts, "attempt")}`).join(", ")}`,
    );
  }
  if (lost.length > 0)
    lines.push(`handed out again after its worker was lost: ${lost.map(({ command_id }) => command_id).join(", ")}`);
  for (const call of run.calls) if (call.parked) lines.push(`${call.command_id} was parked for a ${call.parked}`);
  if (run.error)
    lines.push(`failed: ${run.error.message} (${run.error.kind})${run.handled ? "; an arc handled it" : ""}`);
  const traceback = run.calls.find((call) => call.traceback !== undefined)?.traceback;
  if (traceback !== undefined) lines.push(...traceLines(traceback, paint));
  for (const arc of run.arcs) lines.push(arcText(arc));
  return lines;
}

function arcText({ targets, taken, reason, message }: RunExplanation["arcs"][number]): string {
  const to = targets.join(" + ");
  if (taken) return `went to ${to}`;
  return `did not go to ${to}: ${reasonText(reason)}${message ? ` (${message})` : ""}`;
}

function reasonText(reason: ArcReason | undefined): string {
  switch (reason) {
    case "false":
      return "its condition is false";
    case "not_reached":
      return "an arc before it was taken";
    case "not_failure_arc":
      return "after a failure only arcs that look at the outcome count";
    case "error":
      return "its condition cannot be evaluated";
    case "draining":
    case undefined:
      return "the run was ending";
  }
}
