import { type Operation, raw, type Statement, sql } from "../sql/statement.ts";
import { at, int, text } from "../sql/values.ts";

const which = (path: string, version: number | undefined): Statement =>
  sql`path = ${path} ${version === undefined ? raw("") : sql`AND version = ${version}`}`;

/** What executions refer to is archived, the rest is gone. */
export function* remove(
  path: string,
  version: number | undefined,
  now: number,
): Operation<{ catalog_id: string; version: number; archived: boolean }[]> {
  const archived = yield sql`UPDATE noetl.catalog SET archived_at = ${at(now)}
    WHERE ${which(path, version)} AND archived_at IS NULL AND catalog_id IN (SELECT catalog_id FROM noetl.execution)
    RETURNING catalog_id, version`;
  const deleted = yield sql`DELETE FROM noetl.catalog
    WHERE ${which(path, version)} AND catalog_id NOT IN (
      SELECT catalog_id FROM noetl.execution WHERE catalog_id IS NOT NULL)
    RETURNING catalog_id, version`;
  const shape = (isArchived: boolean) => (row: { readonly [column: string]: unknown }) => ({
    catalog_id: text(row.catalog_id),
    version: int(row.version),
    archived: isArchived,
  });
  return [...archived.map(shape(true)), ...deleted.map(shape(false))].sort((a, b) => a.version - b.version);
}

export function* restore(
  path: string,
  version: number | undefined,
): Operation<{ catalog_id: string; version: number }[]> {
  const rows = yield sql`UPDATE noetl.catalog SET archived_at = NULL
    WHERE ${which(path, version)} AND archived_at IS NOT NULL RETURNING catalog_id, version`;
  return rows.map((row) => ({ catalog_id: text(row.catalog_id), version: int(row.version) }));
}
