import { NoetlError } from "@noetl/core";
import { type LogEvent, openRun, type RunView } from "@noetl/engine";
import type { ExecutionSummary } from "@noetl/store";
import { loadText } from "../load.ts";
import type { Host, RunInfo, RunOutcome } from "../options.ts";
import { outcomeOf } from "../outcome.ts";
import { type ListedRun, shownStatus } from "./list.ts";

export interface PastRun {
  summary: ListedRun;
  events: LogEvent[];
  view: RunView;
}

/** One run from its log. `ref` is an execution id or an unambiguous end of one; absent = the newest run. Meaning `not_found`. */
export async function readRun(host: Host, ref?: string): Promise<PastRun> {
  const summary = await findRun(host, ref);
  const events = await host.store.log.load(summary.execution_id);
  const text = await host.store.executions.definition(summary.definition);
  if (text === undefined)
    throw new NoetlError("not_found", "E_DEFINITION", `the playbook text of run ${summary.execution_id} is missing`);
  const { plan } = loadText(text, {
    file: summary.source,
    shown: summary.source ?? summary.path,
    registry: host.registry,
  });
  const run = openRun(plan);
  for (const event of events) run.fold(event);
  return { summary: { ...summary, status: await shownStatus(host, summary) }, events, view: run.view() };
}

async function findRun(host: Host, ref: string | undefined): Promise<ExecutionSummary> {
  if (ref !== undefined) {
    const exact = await host.store.executions.get(ref);
    if (exact) return exact;
  }
  const recent = await host.store.executions.list({ limit: 200, ...(ref === undefined ? { parent: null } : {}) });
  const found = ref === undefined ? recent.slice(0, 1) : recent.filter((run) => run.execution_id.endsWith(ref));
  const [only, other] = found;
  if (only && !other) return only;
  if (other)
    throw new NoetlError("validation", "E_RUN_AMBIGUOUS", `several runs end in '${ref}'`, { hint: "give more digits" });
  throw new NoetlError(
    "not_found",
    "E_RUN_UNKNOWN",
    ref === undefined ? "there is no run yet" : `there is no run '${ref}' in ${host.dataDirectory}`,
    { hint: "noetl runs lists them" },
  );
}

/** The `run --json` document of a run that has ended. */
export function pastOutcome(host: Host, past: PastRun): Promise<RunOutcome> {
  const { summary, view } = past;
  const info: RunInfo = {
    execution_id: summary.execution_id,
    path: summary.path,
    name: summary.name,
    file: summary.source,
    parent: summary.parent_execution_id,
    steps: view.steps.length,
  };
  return outcomeOf({ host }, view, info, summary.resumed_from ?? undefined);
}
