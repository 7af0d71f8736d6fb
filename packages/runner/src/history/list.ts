import { dataFolder, type ExecutionSummary, openSqliteStore } from "@noetl/store";
import { isDriven } from "../liveness.ts";
import type { Host } from "../options.ts";

/** A run as `noetl runs` lists it: `INTERRUPTED` = its process is gone and it has no end; `--resume` goes on from it. */
export type ListedRun = Omit<ExecutionSummary, "status"> & { status: ExecutionSummary["status"] | "INTERRUPTED" };

/** What a list of runs needs of a host. */
export type Shelf = Pick<Host, "store" | "dataDirectory">;

/** The runs of this machine, without tools to run more. The caller closes the store. */
export async function openShelf(env: Host["env"]): Promise<Shelf> {
  const dataDirectory = dataFolder(env);
  return { store: await openSqliteStore({ folder: dataDirectory, env }), dataDirectory };
}

export async function listRuns(
  shelf: Shelf,
  filter: { path?: string; status?: readonly string[]; limit?: number; cursor?: string; all?: boolean } = {},
): Promise<ListedRun[]> {
  const { all, ...rest } = filter;
  const runs = await shelf.store.executions.list({ ...rest, ...(all ? {} : { parent: null }) });
  return Promise.all(runs.map(async (run) => ({ ...run, status: await shownStatus(shelf, run) })));
}

export async function shownStatus(shelf: Shelf, run: ExecutionSummary): Promise<ListedRun["status"]> {
  if (run.status !== "RUNNING" && run.status !== "CANCELLING" && run.status !== "PENDING") return run.status;
  return (await isDriven(shelf, run.root_execution_id)) ? run.status : "INTERRUPTED";
}
