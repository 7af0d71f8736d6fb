import type { ExecutionSummary, Store } from "@noetl/store";

export interface ListQuery {
  status?: string | undefined;
  path?: string | undefined;
  catalog_id?: string | undefined;
  parent_execution_id?: string | undefined;
  size: number;
  offset: number;
}

const WORDS: { readonly [word: string]: readonly string[] } = {
  completed: ["COMPLETED"],
  success: ["COMPLETED"],
  failed: ["FAILED"],
  error: ["FAILED"],
  cancelled: ["CANCELLED"],
  canceled: ["CANCELLED"],
  cancelling: ["CANCELLING"],
  running: ["RUNNING", "CANCELLING"],
  in_progress: ["RUNNING", "CANCELLING"],
  pending: ["PENDING"],
};

/** Pages by offset, for clients that have no cursor; never more than 5 000 rows are passed over. */
export async function listExecutions(store: Store, query: ListQuery): Promise<ExecutionSummary[]> {
  const wanted = query.offset + query.size;
  const status = query.status?.split(",").flatMap((word) => WORDS[word.trim().toLowerCase()] ?? [word.trim()]);
  const parent = query.parent_execution_id;
  const filter = { ...(status ? { status } : {}), ...(parent === undefined ? {} : { parent }) };
  // The path may be a part of it; then rows are looked through here.
  const exact =
    query.path === undefined ? [] : await store.executions.list({ ...filter, path: query.path, limit: wanted });
  if (exact.length > 0 && query.catalog_id === undefined) return exact.slice(query.offset);
  const holds = (row: ExecutionSummary) =>
    (query.path === undefined || row.path.includes(query.path)) &&
    (query.catalog_id === undefined || row.catalog_id === query.catalog_id);
  const found: ExecutionSummary[] = [];
  let looked = 0;
  for (let cursor: string | undefined; found.length < wanted && looked < LOOK; ) {
    const page = await store.executions.list({ ...filter, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.filter(holds));
    looked += page.length;
    cursor = page.at(-1)?.execution_id;
    if (page.length < PAGE) break;
  }
  return found.slice(query.offset, wanted);
}

const PAGE = 200;
const LOOK = 20_000;
