import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { type Json, type JsonObject, parseJson } from "@noetl/core";
import type { Library } from "./library.ts";

/** A value of DuckDB as JSON, by the rules for all SQL results (DSL §12.5). Types not named here give their text. */
export function jsonOf(library: Library, value: DuckDBValue, type: DuckDBType): Json {
  if (value === null) return null;
  if (typeof value === "boolean") return value;
  // NaN and the infinities are no JSON numbers.
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "string") return type.alias === "JSON" ? parseJson(value) : value;
  return compoundJson(library, value, type);
}

function compoundJson(library: Library, value: DuckDBValue, type: DuckDBType): Json {
  const item = (one: DuckDBValue, itemType: DuckDBType) => jsonOf(library, one, itemType);
  const plain = type;
  if (value instanceof library.DuckDBBlobValue) return Buffer.from(value.bytes).toString("base64");
  if (value instanceof library.DuckDBTimestampTZValue) return `${isoText(value)}+00:00`;
  if (isTimestamp(library, value)) return isoText(value);
  if (value instanceof library.DuckDBListValue || value instanceof library.DuckDBArrayValue) {
    const itemType = "valueType" in plain ? plain.valueType : plain;
    return value.items.map((one) => item(one, itemType));
  }
  if (value instanceof library.DuckDBStructValue && plain instanceof library.DuckDBStructType) {
    return Object.fromEntries(
      plain.entryNames.map((name, index) => [
        name,
        item(value.entries[name] ?? null, plain.entryTypes[index] ?? plain),
      ]),
    );
  }
  if (value instanceof library.DuckDBMapValue && plain instanceof library.DuckDBMapType) {
    return mapJson(value.entries.map((entry) => [item(entry.key, plain.keyType), item(entry.value, plain.valueType)]));
  }
  if (value instanceof library.DuckDBUnionValue && plain instanceof library.DuckDBUnionType) {
    return item(value.value, plain.memberTypeForTag(value.tag));
  }
  return String(value);
}

function isTimestamp(library: Library, value: DuckDBValue): boolean {
  return (
    value instanceof library.DuckDBTimestampValue ||
    value instanceof library.DuckDBTimestampSecondsValue ||
    value instanceof library.DuckDBTimestampMillisecondsValue ||
    value instanceof library.DuckDBTimestampNanosecondsValue
  );
}

/** `2024-01-31 10:00:00.5+00` → `2024-01-31T10:00:00.5`; `infinity` stays. */
function isoText(value: DuckDBValue): string {
  return String(value)
    .replace(/\+00(:00)?$/, "")
    .replace(/^([\d-]+) (?=\d\d:)/, "$1T");
}

/** A map with text keys is an object, any other a list of pairs. */
function mapJson(entries: [Json, Json][]): Json {
  if (entries.every(([key]) => typeof key === "string")) return Object.fromEntries(entries) as JsonObject;
  return entries.map(([key, value]) => ({ key, value }));
}
