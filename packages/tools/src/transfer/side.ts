import { isObject, type JsonObject, NoetlError } from "@noetl/core";
import { credentialType } from "../credential/index.ts";
import type { Credential, ToolCall } from "../tool.ts";
import type { SourceConfig, TargetConfig } from "./tool.ts";

export type System = "postgres" | "duckdb" | "http";
export type Side = "source" | "target";

/** Throws `NoetlError` code `CONFIG_INVALID`. */
export function systemOf(side: Side, config: SourceConfig | TargetConfig): System {
  const system = config.type ?? config.kind ?? config.tool;
  if (system === undefined) throw invalid(`'${side}' needs a \`type\`: postgres, duckdb or http`);
  if (system === "snowflake") throw invalid("snowflake is not available in this version");
  return system;
}

/** The credential under the side's label, else the only one of the call when it is one for such a system. */
export function credentialOf(
  side: Side,
  config: SourceConfig | TargetConfig,
  { auth }: ToolCall,
): Credential | undefined {
  const shared = auth.default;
  const fits = shared !== undefined && isSignIn(shared) === (systemOf(side, config) === "http");
  const credential = auth[side] ?? (fits ? shared : undefined);
  const asked = config.auth !== undefined && config.auth !== null && config.auth !== "";
  if (credential !== undefined || !asked) return credential;
  throw new NoetlError("auth", "AUTH_MISSING", `transfer: the credential of '${side}' was not resolved`, {
    hint: "write `auth: {source: {credential: …}, target: {credential: …}}` on the step",
  });
}

/** A way to sign in to an HTTP service, as against the address of a database. */
const isSignIn = ({ type }: Credential) => credentialType(type) !== "postgres";

const CONNECTION_KEYS = ["database", "host", "port", "user", "password", "schema", "sslmode"] as const;

/** Where a database is: the side's own keys over its `connection`. */
export function connectionOf(config: SourceConfig | TargetConfig): JsonObject {
  const { connection } = config;
  const base =
    typeof connection === "string" ? { connection_string: connection } : isObject(connection) ? connection : {};
  const own = CONNECTION_KEYS.flatMap((name) => (config[name] === undefined ? [] : [[name, config[name]]]));
  return { ...base, ...Object.fromEntries(own) } as JsonObject;
}

export function need<T>(value: T | undefined, name: string, why: string): T {
  if (value !== undefined) return value;
  throw invalid(`${name} is missing: ${why}`);
}

export const invalid = (message: string) => new NoetlError("validation", "CONFIG_INVALID", `transfer: ${message}`);
