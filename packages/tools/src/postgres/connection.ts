import { isIP } from "node:net";
import { NoetlError } from "@noetl/core";
import type { ClientConfig } from "pg";
import { configFields } from "../credential/index.ts";
import { readPem } from "../network/pem.ts";
import type { Credential } from "../tool.ts";
import { type ConnectionFields, parseConnectionString } from "./connection-string.ts";
import { serverOffersTls } from "./offers-tls.ts";
import { columnTypes } from "./types.ts";

const FIELDS = [
  "host",
  "port",
  "user",
  "password",
  "database",
  "schema",
  "sslmode",
  "sslrootcert",
  "sslcert",
  "sslkey",
  "application_name",
] as const;
const SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

/** Where to connect and as whom. Explicit keys of the step win over its connection string, that over the credential. */
export interface Connection {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** first in the search path */
  schema?: string;
  sslmode: string;
  sslrootcert?: string;
  sslcert?: string;
  sslkey?: string;
  application_name: string;
}

/** Throws `NoetlError` code `CONFIG_INVALID` or `AUTH_MISSING` (meaning `auth`): nothing says where to connect. */
export function readConnection(config: { [key: string]: unknown }, credential: Credential | undefined): Connection {
  const secret = credential === undefined ? {} : configFields({ type: "postgres", data: credential.data });
  const fields = { ...fieldsOf(secret), ...fieldsOf(ownKeys(config, secret)) };
  const host = fields.host;
  if (host === undefined) {
    throw new NoetlError("auth", "AUTH_MISSING", "postgres does not know where to connect", {
      hint: "name a credential with `auth:`, or give `host`, `user`, `password`, `database` or `connection_string`",
    });
  }
  const port = Number(fields.port ?? 5432);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw invalid(`port '${fields.port}' is not a port`);
  if (fields.user === undefined) throw invalid("no `user` to connect as");
  const sslmode = fields.sslmode?.toLowerCase() ?? (isNear(host) ? "disable" : "prefer");
  if (!SSL_MODES.includes(sslmode)) throw invalid(`sslmode '${sslmode}' must be one of ${SSL_MODES.join(", ")}`);
  const { schema, sslrootcert, sslcert, sslkey } = fields;
  return {
    host,
    port,
    user: fields.user,
    password: fields.password ?? "",
    database: fields.database ?? fields.user,
    sslmode,
    ...(schema === undefined ? {} : { schema }),
    ...(sslrootcert === undefined ? {} : { sslrootcert }),
    ...(sslcert === undefined ? {} : { sslcert }),
    ...(sslkey === undefined ? {} : { sslkey }),
    application_name: fields.application_name ?? "noetl",
  };
}

/** The host has merged the credential into the config already: only what differs was written by the author. */
function ownKeys(config: { [key: string]: unknown }, secret: { [key: string]: unknown }): { [key: string]: unknown } {
  return Object.fromEntries(Object.entries(config).filter(([key, value]) => String(value) !== String(secret[key])));
}

function fieldsOf(data: { [key: string]: unknown }): ConnectionFields {
  const string = data.connection_string;
  const fields = typeof string === "string" && string !== "" ? parsed(string) : {};
  for (const name of FIELDS) {
    const value = data[name];
    if (value !== undefined && value !== null && value !== "") fields[name] = String(value);
  }
  return fields;
}

function parsed(text: string): ConnectionFields {
  try {
    return parseConnectionString(text);
  } catch (error) {
    throw error instanceof RangeError ? invalid(error.message) : error;
  }
}

const invalid = (message: string) => new NoetlError("validation", "CONFIG_INVALID", `postgres: ${message}`);

const isNear = (host: string) =>
  host.startsWith("/") || host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

/**
 * What `pg` needs. `prefer` and `allow` ask the server first whether it speaks TLS; `prefer` and `require` do not check the
 * certificate, `verify-ca` its issuer, `verify-full` the name as well (as libpq does). `directory`: of relative file names.
 */
export async function clientConfig(
  connection: Connection,
  directory: string,
  signal: AbortSignal,
): Promise<ClientConfig> {
  const { host, port, user, password, database, application_name } = connection;
  const ssl = await sslOptions(connection, directory, signal);
  return { host, port, user, password, database, application_name, ssl, types: columnTypes, keepAlive: true };
}

async function sslOptions(connection: Connection, directory: string, signal: AbortSignal): Promise<false | object> {
  const { sslmode, sslrootcert, sslcert, sslkey } = connection;
  if (sslmode === "disable" || connection.host.startsWith("/")) return false;
  if ((sslmode === "prefer" || sslmode === "allow") && !(await serverOffersTls(connection, signal))) return false;
  const verify = sslmode.startsWith("verify");
  return {
    rejectUnauthorized: verify,
    ...(sslmode === "verify-ca" ? { checkServerIdentity: () => undefined } : {}),
    ...(sslrootcert === undefined ? {} : { ca: await readPem(sslrootcert, directory) }),
    ...(sslcert === undefined ? {} : { cert: await readPem(sslcert, directory) }),
    ...(sslkey === undefined ? {} : { key: await readPem(sslkey, directory) }),
  };
}
