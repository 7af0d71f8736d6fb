import type { Json } from "@noetl/core";
import type { PoolClient, Query } from "pg";
import { type RowLimits, TooManyRows } from "../sql/limits.ts";
import type { StatementResult } from "../sql/result.ts";
import { uniqueColumns } from "../sql/result.ts";
import { formatArray } from "./array.ts";
import { describeParameters } from "./describe.ts";
import { columnTypes, JSON_TYPES, TEXT_TYPES } from "./types.ts";

/**
 * Runs one statement. Rows beyond the limits are not kept; with `onOverflow: error` the statement is cancelled
 * (`cancel`) and `TooManyRows` thrown. Otherwise rejects with what the server or the connection says.
 */
export async function runStatement(
  client: PoolClient,
  text: string,
  values: readonly Json[],
  limits: RowLimits,
  cancel: () => Promise<void>,
  parsers: typeof columnTypes = columnTypes,
): Promise<StatementResult> {
  const { default: pg } = await import("pg");
  const bound = values.length === 0 ? [] : await bind(client, text, values);
  let bytes = 0;
  const types = {
    getTypeParser(oid: number) {
      const parse = parsers.getTypeParser(oid);
      return (value: string) => {
        bytes += value.length;
        return parse(value);
      };
    },
  };
  // Extended: one statement a call, whatever is in its text.
  const config = { text, values: bound, types, rowMode: "array", queryMode: "extended" };
  const query = new pg.Query(config, bound);
  const rows: Json[][] = [];
  let overflow: Promise<void> | undefined;
  query.on("row", (row: unknown) => {
    if (overflow !== undefined) return;
    if (rows.length < limits.rows && bytes <= limits.bytes) rows.push(row as Json[]);
    else overflow = limits.onOverflow === "error" ? cancel() : Promise.resolve();
  });
  const ended = finish(query);
  client.query(query);
  const result = await ended.catch((error: unknown) => {
    if (overflow === undefined || limits.onOverflow === "truncate") throw error;
    return undefined;
  });
  await overflow;
  if (overflow !== undefined && limits.onOverflow === "error") throw new TooManyRows(limits, rows.length);
  const columns = result?.fields.map(({ name }) => name) ?? [];
  return {
    ...(columns.length === 0 ? {} : { columns: uniqueColumns(columns) }),
    rows,
    affected: result?.rowCount ?? null,
    ...(overflow === undefined ? {} : { truncated: true }),
  };
}

interface Ended {
  fields: { name: string }[];
  rowCount: number | null;
}

function finish(query: Query): Promise<Ended> {
  return new Promise((resolve, reject) => {
    query.on("error", reject);
    query.on("end", (result: Ended) => resolve(result));
  });
}

/** JSON values as the text that PostgreSQL reads for the parameter's type, which the server infers from the statement. */
async function bind(client: PoolClient, text: string, values: readonly Json[]): Promise<(string | null)[]> {
  const types = values.some(Array.isArray) ? await describeParameters(client, text) : [];
  return values.map((value, index) => {
    const type = types[index] ?? 0;
    return Array.isArray(value) ? parameterText(value, type) : value === null ? null : plainText(value);
  });
}

/** One value for a parameter of a known type (0: unknown). Lists are arrays unless the type is JSON or text. */
export function parameterText(value: Json, type: number): string | null {
  if (value === null) return null;
  if (JSON_TYPES.has(type)) return JSON.stringify(value);
  return Array.isArray(value) && !TEXT_TYPES.has(type) ? formatArray(value) : plainText(value);
}

function plainText(value: Exclude<Json, null>): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
