import { NoetlError } from "@noetl/core";
import type { KeychainKey, SecretAccess } from "@noetl/store";
import { z } from "zod";
import { handsOutSecrets } from "../config/config.ts";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { id, instant, object } from "../http/schemas.ts";
import { timeOf } from "../wire/times.ts";

const scope = z.enum(["local", "shared", "global"]).default("global");
const named = z.object({ catalog_id: id, name: z.string().min(1) });
const where = z.object({ execution_id: id.optional(), scope_type: scope });

const entry = z.object({
  token_data: object.nullish(),
  data: object.nullish(),
  credential_type: z.string().default("generic"),
  cache_type: z.enum(["secret", "token"]).default("token"),
  scope_type: scope,
  execution_id: id.nullish(),
  parent_execution_id: id.nullish(),
  ttl_seconds: z.number().positive().nullish(),
  expires_in: z.number().positive().nullish(),
  expires_at: instant.nullish(),
  auto_renew: z.boolean().default(false),
  renew_config: object.nullish(),
});

/** server-api §2.11 */
export function keychainRoutes(context: ServerContext): Route[] {
  const { store, clock, config, metrics } = context;

  function keyOf(
    catalog_id: string,
    name: string,
    place: { scope_type: KeychainKey["scope"]; execution_id?: string | null | undefined },
  ): KeychainKey {
    const { scope_type, execution_id } = place;
    if (scope_type !== "global" && !execution_id) {
      throw new NoetlError("validation", "E_SCOPE", `scope '${scope_type}' needs execution_id`);
    }
    return { name, catalog_id, scope: scope_type, ...(execution_id ? { execution_id } : {}) };
  }

  async function note(action: SecretAccess["action"], { name, execution_id }: KeychainKey) {
    await store.secretAudit.record({ action, kind: "keychain", name, actor: null, execution_id: execution_id ?? null });
    metrics.secretAuditWrites.inc({ action });
  }

  return [
    route("GET", "/api/keychain/catalog/:catalog_id", {
      tag: "keychain",
      summary: "What is kept for a playbook, without secrets",
      params: z.object({ catalog_id: id }),
      async handle({ params: { catalog_id } }) {
        const now = clock.now();
        const entries = (await store.keychain.list(catalog_id)).map((record) => ({
          keychain_name: record.name,
          scope_type: record.scope,
          execution_id: record.execution_id,
          expires_at: timeOf(record.expires_at),
          expired: record.expires_at <= now,
          access_count: record.access_count,
          accessed_at: timeOf(record.accessed_at),
          created_at: timeOf(record.created_at),
          credential_type: record.credential_type,
          cache_type: record.cache_type,
          auto_renew: record.auto_renew,
        }));
        return { status: "success", catalog_id, entries, count: entries.length };
      },
    }),
    route("GET", "/api/keychain/:catalog_id/:name", {
      tag: "keychain",
      summary: "A token or secret; always 200, `status` tells",
      params: named,
      query: where,
      async handle({ params: { catalog_id, name }, query }) {
        if (!handsOutSecrets(config)) {
          throw new NoetlError("auth", "FORBIDDEN", "this server does not hand out secrets without a token");
        }
        const key = keyOf(catalog_id, name, query);
        const found = await store.keychain.get(key);
        const now = clock.now();
        const expired = found !== undefined && found.expires_at <= now;
        if (!found || (expired && !found.auto_renew)) {
          return { status: "not_found", keychain_name: name, catalog_id, auto_renew: false, expired: false };
        }
        await note("read", key);
        return {
          status: expired ? "expired" : "success",
          keychain_name: name,
          catalog_id,
          cache_key: found.cache_key,
          token_data: found.data,
          data: found.data,
          credential_type: found.credential_type,
          cache_type: found.cache_type,
          scope_type: found.scope,
          expires_at: timeOf(found.expires_at),
          ttl_seconds: Math.max(0, Math.floor((found.expires_at - now) / 1_000)),
          accessed_at: timeOf(found.accessed_at),
          access_count: found.access_count,
          auto_renew: found.auto_renew,
          renew_config: found.renew_config,
          expired,
        };
      },
    }),
    route("POST", "/api/keychain/:catalog_id/:name", {
      tag: "keychain",
      summary: "Keep a token or secret",
      params: named,
      body: entry,
      async handle({ params: { catalog_id, name }, body }) {
        const data = body.token_data ?? body.data;
        if (!data) throw new NoetlError("validation", "E_REQUEST", "token_data is required");
        const ttl = body.ttl_seconds ?? body.expires_in;
        const key = keyOf(catalog_id, name, body);
        const record = await store.keychain.put(key, {
          data,
          credential_type: body.credential_type,
          cache_type: body.cache_type,
          auto_renew: body.auto_renew,
          ...(ttl ? { ttl } : {}),
          ...(body.expires_at ? { expires_at: body.expires_at } : {}),
          ...(body.renew_config ? { renew_config: body.renew_config } : {}),
          ...(body.parent_execution_id ? { parent_execution_id: body.parent_execution_id } : {}),
        });
        await note("write", key);
        metrics.writes.inc({ endpoint: "keychain_set", status: "ok" });
        return {
          status: "success",
          message: `keychain entry '${name}' stored`,
          keychain_name: name,
          catalog_id,
          cache_key: record.cache_key,
          expires_at: timeOf(record.expires_at),
          ttl_seconds: Math.round((record.expires_at - clock.now()) / 1_000),
          auto_renew: record.auto_renew,
        };
      },
    }),
    route("DELETE", "/api/keychain/:catalog_id/:name", {
      tag: "keychain",
      summary: "Forget a token or secret",
      params: named,
      query: where,
      async handle({ params: { catalog_id, name }, query }) {
        const key = keyOf(catalog_id, name, query);
        const known = (await store.keychain.list(catalog_id)).find(
          (record) => record.name === name && record.scope === key.scope,
        );
        const deleted = await store.keychain.delete(key);
        if (deleted) await note("delete", key);
        return {
          status: deleted ? "success" : "not_found",
          message: deleted ? `keychain entry '${name}' deleted` : `there is no keychain entry '${name}'`,
          keychain_name: name,
          catalog_id,
          cache_key: known?.cache_key ?? null,
        };
      },
    }),
  ];
}
