import { type Clock, isObject, type Json, type JsonObject, NoetlError } from "@noetl/core";
import type { KeychainEntry } from "@noetl/playbook";
import type { Store } from "@noetl/store";
import type { Registry } from "@noetl/tools";
import { renderIn } from "../replay/render.ts";
import { openDefinitions, type Runs } from "../runs/index.ts";

export interface KeychainPorts {
  store: Store;
  runs: Runs;
  tools: Registry;
  clock: Clock;
  /** of the process, as far as secrets may be read from it (`NOETL_KEYCHAIN_ENV_VARS`) */
  secretEnv: { readonly [name: string]: string };
}

export interface PlaybookSecret {
  name: string;
  type: string;
  data: JsonObject;
}

/** How long what was resolved is kept for the run, seconds (server-api §2.10). */
const KEPT = 600;

/**
 * A credential that nobody registered but that the run's playbook declares in its `keychain`: workers of an older make ask for
 * those by name. Resolved once, then kept for the run. Undefined when the playbook declares no such name. Meaning `validation` for a
 * kind only a worker can resolve.
 */
export async function fromPlaybook(
  ports: KeychainPorts,
  name: string,
  executionId: string,
): Promise<PlaybookSecret | undefined> {
  const { store, runs, tools, clock } = ports;
  const summary = await store.executions.get(executionId);
  if (!summary) return undefined;
  const text = (await store.executions.definition(summary.definition)) ?? "";
  const { keychain } = openDefinitions(tools).plan(text, summary.definition).playbook;
  const entry = keychain.find((each) => each.name === name);
  if (!entry) return undefined;
  const place = { name, catalog_id: summary.catalog_id ?? "0", scope: "local", execution_id: executionId } as const;
  const kept = await store.keychain.get(place);
  if (kept && kept.expires_at > clock.now()) return { name, type: kept.credential_type, data: kept.data };
  const live = await runs.get(executionId);
  const asked = { template: entry.config as Json, extra: {}, strict: true };
  const { rendered } = await renderIn(store, live, asked);
  const found = await resolve(ports, entry, isObject(rendered) ? (rendered as JsonObject) : {});
  await store.keychain.put(place, {
    data: found.data,
    credential_type: found.type,
    cache_type: "secret",
    ttl: KEPT,
  });
  return { name, ...found };
}

async function resolve(
  { store, secretEnv }: KeychainPorts,
  { name, kind }: KeychainEntry,
  config: JsonObject,
): Promise<{ type: string; data: JsonObject }> {
  switch (kind) {
    case "credential":
    case "credential_ref":
    case "google_oauth":
    case "google_service_account": {
      const alias = config.credential ?? config.ref ?? config.auth;
      const found = typeof alias === "string" ? await store.credentials.get(alias) : undefined;
      if (found) return { type: found.type, data: found.data };
      throw new NoetlError("not_found", "CREDENTIAL_NOT_FOUND", `credential not found: ${String(alias)}`);
    }
    case "static":
      return { type: "static", data: mapOf(config, name) };
    case "secrets":
    case "secret_manager":
      if (config.provider !== undefined && config.provider !== "env") break;
      return { type: "secrets", data: fromEnvironment(secretEnv, mapOf(config, name)) };
  }
  throw new NoetlError("validation", "KEYCHAIN_KIND", `only a worker can resolve keychain entry '${name}' (${kind})`);
}

function mapOf({ map }: JsonObject, name: string): JsonObject {
  if (isObject(map)) return map as JsonObject;
  throw new NoetlError("validation", "KEYCHAIN_CONFIG", `keychain entry '${name}' needs 'map'`);
}

function fromEnvironment(env: KeychainPorts["secretEnv"], map: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(map).map(([field, variable]) => {
      const value = env[String(variable)];
      if (value !== undefined) return [field, value];
      throw new NoetlError(
        "not_found",
        "SECRET_NOT_FOUND",
        `this server may not read ${String(variable)}, or has none`,
        {
          hint: "name it in NOETL_KEYCHAIN_ENV_VARS",
        },
      );
    }),
  );
}
