import type { ListedRun } from "@noetl/runner";

/** A run in a document: its times as ISO 8601 in UTC, as everywhere else outside. */
export function runDocument(run: ListedRun) {
  return { ...run, started_at: iso(run.started_at), ended_at: run.ended_at === null ? null : iso(run.ended_at) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
