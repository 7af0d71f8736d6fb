import { formatDuration } from "@noetl/core";
import { count, type Palette, shortTime, table } from "@noetl/sdk";
import type { ExecutionDetail, ExecutionRow, Picture, StepPicture } from "../source/port.ts";
import { loopText, retriesOf } from "../view/words.ts";

/** An execution as `--json` prints it. */
export function executionDocument(row: ExecutionRow) {
  const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  return {
    execution_id: row.id,
    path: row.path,
    version: row.version,
    status: row.status,
    started_at: time(row.startedAt),
    ended_at: time(row.endedAt),
    error: row.error,
    parent_execution_id: row.parent,
  };
}

/** The executions once, for pipes and dumb terminals. */
export function executionsText(rows: readonly ExecutionRow[], paint: Palette): string {
  const cells = rows.map(({ id, status, path, version, startedAt, endedAt }) => [
    id,
    word(status, paint),
    `${path}${version === null ? "" : `@${version}`}`,
    startedAt === null ? "" : shortTime(startedAt),
    startedAt === null || endedAt === null ? "" : formatDuration(endedAt - startedAt),
  ]);
  const listed = rows.length > 0 ? `${table(["execution", "status", "playbook", "started", "took"], cells)}\n` : "";
  return `${listed}${count(rows.length, "execution")}`;
}

/** One execution once: how it stands, its steps, what went wrong. */
export function executionText(detail: ExecutionDetail, picture: Picture, paint: Palette): string {
  const { id, path, version } = detail;
  const { startedAt, endedAt, steps, error, status } = picture;
  const time = startedAt === null || endedAt === null ? "" : `  ${formatDuration(endedAt - startedAt)}`;
  const head = `${id}  ${word(status, paint)}  ${path}${version === null ? "" : `@${version}`}${time}`;
  const rows = steps.map((step) => ["", step.step, word(step.status, paint), factsOf(step)]);
  const listed = rows.length > 0 ? [table(["", "step", "status", ""], rows)] : [];
  return [head, ...listed, ...(error === null || error === "" ? [] : [paint.red(error)])].join("\n");
}

function word(status: string, paint: Palette): string {
  if (status === "COMPLETED") return paint.green(status);
  if (status === "FAILED" || status === "INTERRUPTED") return paint.red(status);
  return status === "PENDING" || status === "SKIPPED" ? paint.dim(status) : paint.yellow(status);
}

function factsOf(step: StepPicture): string {
  const retries = retriesOf(step);
  return [
    ...(step.runs > 1 ? [count(step.runs, "run")] : []),
    ...(step.loop ? [`${loopText(step)} items`] : []),
    ...(retries > 0 ? [count(retries, "retry", "retries")] : []),
  ].join(", ");
}
