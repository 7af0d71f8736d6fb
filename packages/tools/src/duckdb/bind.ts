import type { DuckDBPreparedStatement, DuckDBValue } from "@duckdb/node-api";
import type { Json } from "@noetl/core";
import type { Library } from "./library.ts";

const INT32 = 2 ** 31;

/**
 * Binds values to `$1, $2 …` or `?` in order. Maps, and lists that are not all of one scalar type, are bound as JSON text.
 * `base64`: text for a BLOB is its bytes in Base64, as results print them.
 */
export function bindValues(
  library: Library,
  statement: DuckDBPreparedStatement,
  values: readonly Json[],
  base64 = false,
): void {
  values.forEach((value, index) => {
    const position = index + 1;
    const bytes = base64 && typeof value === "string" && isBlob(library, statement, position);
    if (bytes) statement.bindBlob(position, Buffer.from(value, "base64"));
    else bindValue(library, statement, position, value);
  });
}

function isBlob(library: Library, statement: DuckDBPreparedStatement, position: number): boolean {
  return statement.parameterTypeId(position) === library.DuckDBTypeId.BLOB;
}

function bindValue(library: Library, statement: DuckDBPreparedStatement, position: number, value: Json): void {
  if (value === null) statement.bindNull(position);
  else if (typeof value === "boolean") statement.bindBoolean(position, value);
  else if (typeof value === "string") statement.bindVarchar(position, value);
  else if (typeof value === "number") bindNumber(statement, position, value);
  else if (Array.isArray(value) && isUniform(value))
    statement.bindList(position, value.map(listItem), listType(library, value));
  else statement.bindVarchar(position, JSON.stringify(value));
}

function bindNumber(statement: DuckDBPreparedStatement, position: number, value: number): void {
  if (!Number.isSafeInteger(value)) statement.bindDouble(position, value);
  else if (value >= -INT32 && value < INT32) statement.bindInteger(position, value);
  else statement.bindBigInt(position, BigInt(value));
}

function isUniform(items: Json[]): boolean {
  const types = new Set(items.filter((item) => item !== null).map((item) => typeof item));
  return types.size === 1 && !types.has("object");
}

function listItem(item: Json): DuckDBValue {
  return typeof item === "number" && Number.isSafeInteger(item) ? item : (item as DuckDBValue);
}

function listType(library: Library, items: Json[]) {
  const numbers = items.filter((item) => typeof item === "number");
  if (numbers.length > 0) {
    const small = numbers.every((item) => Number.isSafeInteger(item) && Math.abs(item) < INT32);
    return library.LIST(small ? library.INTEGER : library.DOUBLE);
  }
  return library.LIST(items.some((item) => typeof item === "boolean") ? library.BOOLEAN : library.VARCHAR);
}
