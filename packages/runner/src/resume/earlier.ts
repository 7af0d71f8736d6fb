import { NoetlError } from "@noetl/core";
import { isDriven } from "../liveness.ts";
import type { Loaded } from "../load.ts";
import type { Host, ResumeOptions } from "../options.ts";
import { lineageOf, memoOfLineage } from "./lineage.ts";
import type { Resumed } from "./prefix.ts";

export interface EarlierRun extends Resumed {
  executionId: string;
}

/** The run to go on from (decision 34). Meaning `not_found` when there is nothing to resume, `conflict` when it is still going on. */
export async function earlierRun(host: Host, loaded: Loaded, options: ResumeOptions): Promise<EarlierRun> {
  const wanted = options.executionId ?? (await newest(host, loaded, options));
  const summary = await host.store.executions.get(wanted);
  if (!summary) {
    throw new NoetlError("not_found", "E_RESUME_UNKNOWN", `there is no run ${wanted} in ${host.dataDirectory}`, {
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
      `run ${wanted} is of playbook '${summary.path}', not of '${loaded.playbook.metadata.path}'`,
    );
  }
  if (summary.ended_at === null && (await isDriven(host, summary.root_execution_id))) {
    throw new NoetlError("conflict", "E_RESUME_RUNNING", `run ${wanted} is still going on in another process`, {
      hint: "wait for its end, or stop that process; noetl logs --follow shows what it does",
    });
  }
  const lineage = await lineageOf(host, wanted, loaded);
  const last = lineage.at(-1);
  const { from, keepChanged } = options;
  const memo = memoOfLineage(lineage, {
    plan: loaded.plan,
    ...(from === undefined ? {} : { rerun: from }),
    ...(keepChanged === undefined ? {} : { keepChanged }),
  });
  if (!last || !memo) {
    throw new NoetlError("not_found", "E_RESUME_EMPTY", `run ${wanted} ended before its first event was written`, {
      hint: "run the playbook without --resume",
    });
  }
  return { ...last, memo };
}

/** A run that a later one resumed to its end is settled, and so is the one it came from. One without events did nothing. */
async function newest(host: Host, loaded: Loaded, options: ResumeOptions): Promise<string> {
  const filter = loaded.file === null ? { path: loaded.playbook.metadata.path } : { source: loaded.file };
  const runs = await host.store.executions.list({ ...filter, parent: null, limit: 200 });
  const settled = new Set<string>();
  const wanted = runs.find((run) => {
    if (run.seq === 0) return false;
    if (options.from !== undefined) return true;
    if (run.status !== "COMPLETED" && !settled.has(run.execution_id)) return true;
    if (run.resumed_from !== null) settled.add(run.resumed_from);
    return false;
  });
  if (wanted) return wanted.execution_id;
  const name = loaded.file ?? loaded.playbook.metadata.path;
  throw new NoetlError("not_found", "E_RESUME_NOTHING", `there is no unfinished or failed run of ${name} to resume`, {
    hint: runs.some((run) => run.seq > 0) ? "its last run completed; --from STEP re-runs a part of it" : "run it first",
  });
}
