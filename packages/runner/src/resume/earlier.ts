import { NoetlError } from "@noetl/core";
import type { LogEvent, PlaybookInitialized } from "@noetl/engine";
import type { Plan } from "@noetl/playbook";
import { type Loaded, loadText } from "../load.ts";
import type { Host, ResumeOptions } from "../options.ts";

export interface EarlierRun {
  executionId: string;
  events: LogEvent[];
  first: PlaybookInitialized;
  plan: Plan;
}

/** The run to go on from (decision 34). Meaning `not_found` when there is nothing to resume, `conflict` when it is still going on. */
export async function earlierRun(host: Host, loaded: Loaded, options: ResumeOptions): Promise<EarlierRun> {
  const executionId = options.executionId ?? (await newest(host, loaded, options));
  const summary = await host.store.executions.get(executionId);
  if (!summary) {
    throw new NoetlError("not_found", "E_RESUME_UNKNOWN", `there is no run ${executionId} in ${host.dataDirectory}`, {
      hint: "noetl runs lists them",
    });
  }
  if (
    options.executionId !== undefined &&
    summary.path !== loaded.playbook.metadata.path &&
    summary.source !== loaded.file
  ) {
    throw new NoetlError(
      "validation",
      "E_RESUME_OTHER",
      `run ${executionId} is of playbook '${summary.path}', not of '${loaded.playbook.metadata.path}'`,
    );
  }
  const events = await host.store.log.load(executionId);
  const first = events[0];
  const text = await host.store.executions.definition(summary.definition);
  if (first?.type !== "playbook.initialized" || text === undefined) {
    throw new NoetlError("not_found", "E_RESUME_EMPTY", `run ${executionId} ended before its first event was written`, {
      hint: "run the playbook without --resume",
    });
  }
  const before = loadText(text, { file: loaded.file, shown: first.path, registry: host.registry });
  return { executionId, events, first, plan: before.plan };
}

/** A run that a later one resumed to its end is settled, and so is the one it came from. */
async function newest(host: Host, loaded: Loaded, options: ResumeOptions): Promise<string> {
  const filter = loaded.file === null ? { path: loaded.playbook.metadata.path } : { source: loaded.file };
  const runs = await host.store.executions.list({ ...filter, parent: null, limit: 200 });
  const settled = new Set<string>();
  const wanted = runs.find((run) => {
    if (options.from !== undefined) return true;
    if (run.status !== "COMPLETED" && !settled.has(run.execution_id)) return true;
    if (run.resumed_from !== null) settled.add(run.resumed_from);
    return false;
  });
  if (wanted) return wanted.execution_id;
  const name = loaded.file ?? loaded.playbook.metadata.path;
  throw new NoetlError("not_found", "E_RESUME_NOTHING", `there is no unfinished or failed run of ${name} to resume`, {
    hint: runs.length > 0 ? "its last run completed; --from STEP re-runs a part of it" : "run it first",
  });
}
