import type { Client } from "@noetl/client";
import type { Environment } from "@noetl/store";
import { directTarget, withDirect } from "../direct/open.ts";
import { schemaState } from "../direct/schema.ts";

export interface SchemaReport {
  where: string;
  valid: boolean;
  tables: string[];
  missing: string[];
  /** null where a server does not tell it */
  version: number | null;
  latest: number | null;
  message: string | null;
}

/** The schema as a server sees it, or the database itself. A database that is not there yet is not made by looking. */
export async function readSchema(source: { client: Client } | { env: Environment }): Promise<SchemaReport> {
  if ("client" in source) {
    const { raw: _raw, ...answer } = await source.client.database.validate();
    return { where: source.client.endpoint.url, ...answer, version: null, latest: null };
  }
  const { where, exists } = directTarget(source.env);
  if (!exists) {
    return {
      where,
      valid: false,
      tables: [],
      missing: [],
      version: null,
      latest: null,
      message: "there is no database yet",
    };
  }
  const state = await withDirect(source.env, ({ store }) => schemaState(store));
  return { where, ...state, message: null };
}
