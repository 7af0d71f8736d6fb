import type { Json, JsonObject } from "@noetl/core";
import type { Credential } from "../tool.ts";

/** Names that credentials of a type use → names that tools use (DSL §9.2, worker-and-tools §10.2). First found wins. */
const MAPPINGS: Record<string, Record<string, readonly string[]>> = {
  postgres: {
    host: ["db_host", "host", "hostname"],
    port: ["db_port", "port"],
    user: ["db_user", "user", "username"],
    password: ["db_password", "password"],
    database: ["db_name", "database", "dbname"],
    schema: ["db_schema", "schema"],
    sslmode: ["db_sslmode", "sslmode"],
    connection_string: ["connection_string", "dsn", "db_conn_string", "url"],
  },
  snowflake: {
    account: ["sf_account", "account"],
    user: ["sf_user", "user", "username"],
    password: ["sf_password", "password"],
    warehouse: ["sf_warehouse", "warehouse"],
    database: ["sf_database", "database"],
    schema: ["sf_schema", "schema"],
    role: ["sf_role", "role"],
    private_key: ["sf_private_key", "private_key"],
    public_key: ["sf_public_key", "public_key"],
    private_key_passphrase: ["sf_private_key_passphrase", "private_key_passphrase"],
  },
  nats: {
    url: ["nats_url", "url"],
    user: ["nats_user", "user", "username"],
    password: ["nats_password", "password"],
    token: ["nats_token", "token"],
  },
  bearer: { token: ["token", "access_token", "bearer_token"] },
  basic: { username: ["username", "user", "db_user"], password: ["password", "db_password"] },
  api_key: {
    key: ["key", "api_key", "token", "value"],
    header: ["header", "header_name"],
    param: ["param", "query_param"],
  },
  hmac: { key_id: ["key_id", "access_key_id"], secret: ["secret", "secret_access_key"] },
};

const TYPE_ALIASES: Record<string, string> = {
  postgresql: "postgres",
  pg: "postgres",
  bearer_token: "bearer",
  http_bearer: "bearer",
  apikey: "api_key",
  "api-key": "api_key",
  gcs_hmac: "hmac",
};

/** The type under its one name: `bearer_token` → `bearer`. */
export function credentialType(type: string): string {
  const lower = type.trim().toLowerCase();
  return TYPE_ALIASES[lower] ?? lower;
}

/**
 * A credential as tool config: its own fields, and those of its type under the names tools use. `port` becomes a number
 * when it reads as one. Unknown types are handed over as they are.
 */
export function configFields(credential: Pick<Credential, "type" | "data">): JsonObject {
  const mapping = MAPPINGS[credentialType(credential.type)];
  if (!mapping) return credential.data;
  const fields: JsonObject = { ...credential.data };
  for (const [name, sources] of Object.entries(mapping)) {
    const value = firstOf(credential.data, sources);
    if (value !== undefined) fields[name] = name === "port" ? asNumber(value) : value;
  }
  return fields;
}

function firstOf(data: JsonObject, names: readonly string[]): Json | undefined {
  for (const name of names) {
    const value = Object.hasOwn(data, name) ? data[name] : undefined;
    if (value !== undefined && value !== null && value !== "") return value;
  }
  return undefined;
}

function asNumber(value: Json): Json {
  return typeof value === "string" && /^\d+$/.test(value.trim()) ? Number(value) : value;
}
