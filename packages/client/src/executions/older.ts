import type { JsonObject } from "@noetl/core";
import type { Request } from "../request.ts";
import { listOf, objectOf } from "../shapes.ts";
import { statusShape } from "./shapes.ts";
import type { CleanedExecutions, ExecuteInput, ExecutionStatus, Executions } from "./types.ts";

/** Status from the execution with its newest events (cli §4.2.1): the last step that said something is the current one. */
export function statusFromDetail(executionId: string, detail: JsonObject): ExecutionStatus {
  const events = listOf(detail.events).map(objectOf);
  return statusShape(executionId, {
    ...detail,
    current_step: detail.current_step ?? events[0]?.node_name ?? null,
    source: "executions_endpoint_fallback",
  });
}

/** What starts a former execution again: its playbook, with the workload it had under the new one. */
export function againInput(detail: JsonObject, workload: JsonObject): ExecuteInput {
  const { path, catalog_id: catalogId, version } = detail;
  const former = objectOf(detail.workload ?? firstWorkload(detail));
  const merged = { workload: { ...former, ...workload } };
  if (catalogId !== undefined && catalogId !== null) return { ...merged, catalog_id: String(catalogId) };
  const known = typeof version === "number" || typeof version === "string" ? { version } : {};
  return { ...merged, path: String(path ?? ""), ...known };
}

function firstWorkload(detail: JsonObject): unknown {
  const events = listOf(detail.events).map(objectOf);
  const first = events.find((event) =>
    /^(playbook[._](initialized|started)|execution_start)/.test(String(event.event_type)),
  );
  return objectOf(first?.context).workload;
}

const PAGE = 100;

/** Cleanup for servers that have none: open executions that began before then, cancelled one by one. */
export async function cleanUpOneByOne(
  request: Request,
  executions: Pick<Executions, "cancel">,
  options: { before: number; dryRun: boolean },
): Promise<CleanedExecutions> {
  const open: string[] = [];
  for (let page = 1; ; page++) {
    const query = { status: "RUNNING", page, page_size: PAGE, limit: PAGE, offset: (page - 1) * PAGE };
    const rows = listOf(await request("executions", { query }), "executions", "items").map((row) =>
      statusShape("", row),
    );
    for (const row of rows) {
      const began = row.started_at === null ? Number.NaN : Date.parse(row.started_at);
      if (row.status === "RUNNING" && began < options.before && !open.includes(row.execution_id)) {
        open.push(row.execution_id);
      }
    }
    if (rows.length < PAGE) break;
  }
  if (!options.dryRun) for (const id of open) await executions.cancel(id, { cascade: false, reason: "cleanup" });
  return { count: open.length, execution_ids: open, message: null };
}
