import { type Clock, isObject, type Json, type JsonObject, NoetlError } from "@noetl/core";
import { keychainPlace, resolveKeychainEntry, type SecretHost } from "@noetl/pipeline";
import type { Store } from "@noetl/store";
import type { Registry } from "@noetl/tools";
import { type Live, openDefinitions, type Runs } from "../runs/index.ts";

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
  /** resolved now, in place of what had expired */
  renewed?: true;
}

/** How long what was resolved is kept for the run, ms (server-api §2.10). */
const KEPT = 600_000;

/**
 * A credential that nobody registered but that the run's playbook declares in its `keychain`: workers of an older make ask for
 * those by name. Resolved as our own workers resolve it, then kept for the run as long as it is good. Undefined when the playbook
 * declares no such name. Meanings: see `resolveKeychainEntry`.
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
  if (!keychain.some((entry) => entry.name === name)) return undefined;
  const place = { name, catalog_id: summary.catalog_id ?? "0", scope: "local", execution_id: executionId } as const;
  const kept = await store.keychain.get(place);
  if (kept && kept.expires_at > clock.now()) return { name, type: kept.credential_type, data: kept.data };
  const run = { execution_id: executionId, keychain, context: contextOf(await runs.get(executionId)) };
  const { type, data, expires_at } = await resolveKeychainEntry(run, hostOf(ports), name);
  await store.keychain.put(place, {
    data,
    credential_type: type,
    cache_type: "secret",
    expires_at: Math.min(expires_at, clock.now() + KEPT),
  });
  return { name, type, data, ...(kept ? { renewed: true } : {}) };
}

/** What a command that is issued now would see. */
function contextOf({ run, summary, workload }: Live) {
  const view = run.view();
  const { execution_id, path, catalog_id, parent_execution_id, root_execution_id } = summary;
  const engine = { execution_id, path, catalog_id, parent_execution_id, root_execution_id };
  return {
    workload,
    ctx: view.ctx,
    steps: Object.fromEntries(view.steps.flatMap(({ step, record }) => (record ? [[step, record]] : []))),
    engine: engine as JsonObject,
  };
}

function hostOf({ store, clock, secretEnv }: KeychainPorts): SecretHost {
  return {
    clock,
    environment: { processEnv: secretEnv },
    getResult: (ref) => store.results.get(ref),
    async credential(name) {
      const found = await store.credentials.get(name);
      if (found) return { name, type: found.type, data: found.data };
      throw new NoetlError("not_found", "CREDENTIAL_NOT_FOUND", `credential not found: ${name}`);
    },
    keychainCache: {
      async get(key) {
        const place = keychainPlace(key);
        const found = place && (await store.keychain.get(place));
        return found && { data: found.data as Json, expires_at: found.expires_at };
      },
      async put(key, { data, expires_at }) {
        const place = keychainPlace(key);
        if (!place || !isObject(data)) return;
        const entry = {
          data: data as JsonObject,
          credential_type: "keychain",
          cache_type: "token",
          expires_at,
        } as const;
        await store.keychain.put(place, entry);
      },
    },
  };
}
