import { NoetlError } from "@noetl/core";
import { configFields, credentialType } from "../credential/index.ts";
import { quoteIdentifier, quoteLiteral } from "../sql/identifier.ts";
import type { Credential } from "../tool.ts";

const OBJECT_STORES: Record<string, string> = { hmac: "gcs", gcs: "gcs", s3: "s3", aws: "s3", azure: "azure" };

/** secret field of DuckDB → names in credentials */
const SECRET_FIELDS: Record<string, readonly string[]> = {
  KEY_ID: ["key_id", "access_key_id"],
  SECRET: ["secret", "secret_access_key", "secret_key"],
  SESSION_TOKEN: ["session_token"],
  REGION: ["region"],
  ENDPOINT: ["endpoint"],
  CONNECTION_STRING: ["connection_string"],
  SCOPE: ["scope"],
};

/** libpq keyword → field of a postgres credential under its canonical name */
const POSTGRES_FIELDS: Record<string, string> = {
  host: "host",
  port: "port",
  user: "user",
  password: "password",
  dbname: "database",
  sslmode: "sslmode",
};

/**
 * The statements that make a step's credentials usable (worker-and-tools §11.6): a secret for an object store, an attached
 * database for PostgreSQL; named like the label, `secret_name` or the credential. Throws `NoetlError` meaning `auth`
 * for a type that DuckDB can do nothing with.
 */
export function attachStatements(auth: { [label: string]: Credential }): string[] {
  return Object.entries(auth).flatMap(([label, credential]) => {
    const fields = configFields(credential);
    const given = fields.secret_name;
    const alias = typeof given === "string" && given !== "" ? given : label === "default" ? credential.name : label;
    const type = credentialType(credential.type);
    if (type === "postgres") return attachPostgres(alias, fields);
    const store = Object.hasOwn(OBJECT_STORES, type) ? OBJECT_STORES[type] : undefined;
    if (store !== undefined) return createSecret(alias, store, fields);
    throw new NoetlError(
      "auth",
      "CREDENTIAL_UNUSABLE",
      `duckdb cannot use credential '${credential.name}' of type '${credential.type}'`,
      {
        hint: "it takes postgres, gcs_hmac, s3 and azure",
      },
    );
  });
}

function attachPostgres(alias: string, fields: { [name: string]: unknown }): string[] {
  const given = fields.connection_string;
  const connection =
    typeof given === "string" && given !== ""
      ? given
      : Object.entries(POSTGRES_FIELDS)
          .flatMap(([keyword, name]) => {
            const value = fields[name];
            return value === undefined || value === null || value === ""
              ? []
              : [`${keyword}=${libpqValue(String(value))}`];
          })
          .join(" ");
  return [
    "INSTALL postgres",
    "LOAD postgres",
    `ATTACH ${quoteLiteral(connection)} AS ${quoteIdentifier(alias)} (TYPE postgres)`,
  ];
}

const libpqValue = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`;

function createSecret(alias: string, type: string, fields: { [name: string]: unknown }): string[] {
  const options = Object.entries(SECRET_FIELDS).flatMap(([option, names]) => {
    const value = names.map((name) => fields[name]).find((one) => typeof one === "string" && one !== "");
    return typeof value === "string" ? [`${option} ${quoteLiteral(value)}`] : [];
  });
  const extension = type === "azure" ? "azure" : "httpfs";
  const secret = `CREATE OR REPLACE SECRET ${quoteIdentifier(alias)} (${[`TYPE ${type}`, ...options].join(", ")})`;
  return [`INSTALL ${extension}`, `LOAD ${extension}`, secret];
}
