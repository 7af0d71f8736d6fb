import { NoetlError } from "@noetl/core";

export type Library = typeof import("@duckdb/node-api");

/** DuckDB is optional: some 70 MB that most playbooks do not need. Throws `NoetlError` code `DUCKDB_MISSING`. */
export async function loadDuckdb(): Promise<Library> {
  try {
    return await import("@duckdb/node-api");
  } catch (error) {
    throw new NoetlError("validation", "DUCKDB_MISSING", "DuckDB is not installed, or not for this platform", {
      hint: "npm install @duckdb/node-api",
      cause: error,
    });
  }
}
