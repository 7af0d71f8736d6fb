import { isNoetlError, type JsonObject, NoetlError } from "@noetl/core";
import type { CredentialRecord, SecretAccess } from "@noetl/store";
import { z } from "zod";
import { handsOutSecrets } from "../config/config.ts";
import type { ServerContext } from "../context.ts";
import { fromPlaybook, type KeychainPorts } from "../credentials/from-playbook.ts";
import { seal } from "../credentials/seal.ts";
import { type Route, route } from "../http/route.ts";
import { flag, id, object } from "../http/schemas.ts";
import { timeOf } from "../wire/times.ts";

const tags = z
  .union([z.array(z.string()), z.string()])
  .transform((value) =>
    (typeof value === "string" ? value.split(",") : value).map((tag) => tag.trim()).filter((tag) => tag !== ""),
  );

const credential = z.object({
  name: z.string().min(1),
  type: z.string().nullish(),
  credential_type: z.string().nullish(),
  data: object,
  meta: object.nullish(),
  tags: tags.nullish(),
  description: z.string().nullish(),
});

const byName = z.object({ name: z.string().min(1) });

/** server-api §2.10 */
export function credentialRoutes(context: ServerContext): Route[] {
  const { store, runs, tools, clock, config, metrics, log } = context;

  /** Written down before it is handed out: what nobody knows of did not happen. */
  async function note(action: SecretAccess["action"], name: string, actor?: string, executionId?: string) {
    const execution_id = executionId ?? null;
    await store.secretAudit.record({ action, kind: "credential", name, actor: actor ?? null, execution_id });
    metrics.secretAuditWrites.inc({ action });
  }

  /** Of the name, else of the keychain of the run that asks (server-api §2.10). */
  async function secretOf(key: string, executionId: string | undefined): Promise<Revealed> {
    const name = await nameOf(key);
    const found = await store.credentials.get(name);
    if (found) return { ...credentialWire(found), data: found.data };
    const ports = { store, runs, tools, clock, secretEnv: config.secretEnv };
    const stop = metrics.secretResolveSeconds.startTimer();
    const resolved = await declaredBy(ports, name, executionId);
    const seconds = stop();
    metrics.secretResolves.inc({ outcome: resolved ? "ok" : "not_found" });
    if (!resolved) throw unknown(key);
    const { renewed, ...declared } = resolved;
    if (renewed) {
      metrics.secretRefreshes.inc({ outcome: "ok" });
      metrics.secretRefreshSeconds.observe(seconds);
    }
    await note("resolve", name, undefined, executionId);
    return { id: "0", meta: {}, tags: [], description: null, created_at: null, updated_at: null, ...declared };
  }

  async function declaredBy(ports: KeychainPorts, name: string, executionId: string | undefined) {
    if (executionId === undefined) return undefined;
    try {
      return await fromPlaybook(ports, name, executionId);
    } catch (error) {
      metrics.secretResolves.inc({ outcome: "error" });
      // A source of secrets refused the server; who asks here is not refused.
      if (isNoetlError(error) && error.meaning === "auth") {
        throw new NoetlError("terminal", "UPSTREAM", error.message, {
          cause: error,
          ...(error.hint === undefined ? {} : { hint: error.hint }),
        });
      }
      throw error;
    }
  }

  /** All digits = an id, else a name. */
  async function nameOf(key: string): Promise<string> {
    if (!/^\d+$/.test(key)) return key;
    const known = (await store.credentials.list()).find((record) => record.id === key);
    return known?.name ?? key;
  }

  async function find(key: string): Promise<CredentialRecord & { data: JsonObject }> {
    const found = await store.credentials.get(await nameOf(key));
    if (found) return found;
    throw unknown(key);
  }

  function mayHandOut(): void {
    if (handsOutSecrets(config)) return;
    throw new NoetlError("auth", "FORBIDDEN", "this server does not hand out the data of credentials", {
      hint: "set NOETL_API_TOKEN, or NOETL_ENABLE_CREDENTIAL_DATA=true",
    });
  }

  return [
    route("POST", "/api/credentials", {
      tag: "credentials",
      summary: "Store a credential; the same name replaces it",
      body: credential,
      async handle({ body }) {
        const { name, data, meta, description } = body;
        const record = await store.credentials.put({
          name,
          type: body.type ?? body.credential_type ?? "generic",
          data,
          ...(meta ? { meta } : {}),
          ...(body.tags ? { tags: body.tags } : {}),
          ...(description ? { description } : {}),
        });
        await note("write", name);
        metrics.writes.inc({ endpoint: "credentials_upsert", status: "ok" });
        return credentialWire(record);
      },
    }),
    route("GET", "/api/credentials", {
      tag: "credentials",
      summary: "Names and types, never data",
      query: z.object({ type: z.string().optional(), q: z.string().optional() }),
      async handle({ query: { type, q } }) {
        const records = await store.credentials.list({
          ...(type === undefined ? {} : { type }),
          ...(q === undefined ? {} : { query: q }),
        });
        return { items: records.map(credentialWire), filter: { type: type ?? null, q: q ?? null } };
      },
    }),
    route("GET", "/api/credentials/:name/sealed", {
      tag: "credentials",
      summary: "Encrypted for one worker",
      params: byName,
      query: z.object({ worker_id: z.string().min(1), execution_id: id.optional() }),
      async handle({ params, query }) {
        const worker = await store.runtimes.get("worker_pool", query.worker_id);
        const key = worker?.runtime?.worker_public_key;
        if (typeof key !== "string") {
          metrics.sealed.inc({ status: "no_key" });
          throw new NoetlError("validation", "BAD_REQUEST", `worker '${query.worker_id}' registered no public key`);
        }
        const record = await secretOf(params.name, query.execution_id);
        const sealed = seal(JSON.stringify(record), key);
        await note("sealed", record.name, query.worker_id, query.execution_id);
        metrics.sealed.inc({ status: "ok" });
        log.info("credential handed out sealed", { credential: record.name, worker: query.worker_id });
        return sealed;
      },
    }),
    route("GET", "/api/credentials/:name", {
      tag: "credentials",
      summary: "One credential; its data only when asked for",
      params: byName,
      query: z.object({
        include_data: flag(false),
        execution_id: id.optional(),
        parent_execution_id: id.optional(),
        catalog_id: id.optional(),
        worker_id: z.string().optional(),
      }),
      async handle({ params, query }) {
        if (!query.include_data) return credentialWire(await find(params.name));
        mayHandOut();
        const record = await secretOf(params.name, query.execution_id);
        await note("read", record.name, query.worker_id, query.execution_id);
        log.info("credential handed out", { credential: record.name, execution_id: query.execution_id });
        return record;
      },
    }),
    route("DELETE", "/api/credentials/:name", {
      tag: "credentials",
      summary: "Forget a credential",
      params: byName,
      async handle({ params }) {
        const name = await nameOf(params.name);
        const [known] = (await store.credentials.list({ query: name })).filter((record) => record.name === name);
        if (!(await store.credentials.delete(name))) {
          throw unknown(params.name);
        }
        await note("delete", name);
        return { message: "Credential deleted successfully", id: known?.id ?? params.name };
      },
    }),
  ];
}

type Revealed = Omit<ReturnType<typeof credentialWire>, "created_at" | "updated_at"> & {
  data: JsonObject;
  created_at: string | null;
  updated_at: string | null;
};

function unknown(key: string): NoetlError {
  return new NoetlError("not_found", "CREDENTIAL_NOT_FOUND", `credential not found: ${key}`);
}

function credentialWire(record: CredentialRecord) {
  const { id: recordId, name, type, meta, description } = record;
  return {
    id: recordId,
    name,
    type,
    meta,
    tags: record.tags,
    description,
    created_at: timeOf(record.created_at),
    updated_at: timeOf(record.updated_at),
  };
}
