import { formatDuration } from "@noetl/core";
import type { ReuseReport, RunOutcome } from "@noetl/runner";
import type { Palette } from "@noetl/sdk";
import { count } from "@noetl/sdk";
import { SHOWN_RUNS } from "./lines.ts";

/** Last lines of a run for people: how it ended, what failed, how to go on. `file` is what the user typed. */
export function summaryText(outcome: RunOutcome, options: { paint: Palette; file: string }): string {
  const { paint, file } = options;
  const color = outcome.status === "COMPLETED" ? paint.green : outcome.status === "FAILED" ? paint.red : paint.yellow;
  const lines = [
    `${color(outcome.status)}  ${outcome.playbook}  ${paint.dim(`${formatDuration(outcome.duration_ms)}, run ${outcome.execution_id}`)}`,
  ];
  for (const [name, step] of Object.entries(outcome.steps)) {
    if (step.runs > SHOWN_RUNS) lines.push(paint.dim(`  ${name} ran ${count(step.runs, "time")}`));
  }
  if (outcome.error && outcome.status === "FAILED") {
    // The engine's message names the failed steps already.
    const named = outcome.error.step === undefined || outcome.error.message.includes(`'${outcome.error.step}'`);
    const where = named ? "" : `step '${outcome.error.step}': `;
    lines.push(`${paint.red("Error:")} ${where}${outcome.error.message} ${paint.dim(`(${outcome.error.kind})`)}`);
    if (outcome.error.hint) lines.push(`${paint.cyan("Hint:")} ${outcome.error.hint}`);
  }
  if (outcome.status !== "COMPLETED" && file !== "-") {
    lines.push(paint.dim(`noetl run ${file} --resume goes on from here; noetl why ${outcome.execution_id} tells more`));
  }
  return lines.join("\n");
}

/** What a resumed run took over. */
export function reuseText(report: ReuseReport): string {
  const kept = report.reused.map(({ step, calls }) => (calls > 1 ? `${step} (${calls} calls)` : step));
  const again = report.again
    .filter(({ reason }) => reason !== "not_run")
    .map(({ step, reason }) => `${step} (${reason})`);
  return [
    `resumed from run ${report.from}`,
    kept.length > 0 ? `  kept:       ${kept.join(", ")}` : "  kept:       nothing",
    ...(again.length > 0 ? [`  ran again:  ${again.join(", ")}`] : []),
  ].join("\n");
}
