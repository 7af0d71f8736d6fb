import type { Json, JsonObject } from "@noetl/core";
import { ensureError, isNoetlError, isObject } from "@noetl/core";
import type { Command } from "@noetl/engine";
import type { KeychainEntry } from "@noetl/playbook";
import { NeedBody, renderTree } from "@noetl/scope";
import { VIEW, type View } from "@noetl/template";
import { type Credential, producesToken, produceToken, type TokenHost } from "@noetl/tools";
import type { PipelineHost } from "../api.ts";
import { commandNames } from "../bind/command-names.ts";
import { CallFailure, failure } from "../run/failure.ts";
import type { Shared } from "../run/shared.ts";
import { credentialError, credentialOf, persistently } from "./credentials.ts";
import { aliasOf, entryCredential, resolveEntry } from "./keychain.ts";
import { NeedSecret } from "./need.ts";
import { pendingView, type Secrets } from "./secrets.ts";
import type { Lease } from "./vault.ts";

/** An entry with `auto_renew` is renewed when less than this remains, seconds; tokens always, a minute before, ms. */
const RENEW_SECONDS = 300;
const TOKEN_MARGIN = 60_000;

/** Default lives in seconds (DSL §9.1). */
const LOCAL_LIFE = 3_600;
const SHARED_LIFE = 86_400;

/** What of a host the resolution of secrets asks for. */
export interface SecretHost extends Pick<PipelineHost, "clock" | "credential" | "getResult" | "keychainCache"> {
  environment: Pick<PipelineHost["environment"], "processEnv">;
}

interface Options {
  command: Pick<Command, "execution_id" | "keychain" | "context">;
  host: SecretHost;
  shared: Pick<Shared, "templates" | "redactor" | "vault">;
  bodies: Map<string, Json>;
}

export interface OpenSecrets extends Secrets {
  /** An entry of the playbook's keychain in the form of a credential, as `auth` takes it. */
  entry(name: string): Promise<Credential>;
}

/** The secrets of one command. Nothing is fetched before a template or a tool needs it. */
export function openSecrets(options: Options): OpenSecrets {
  const { command, host, shared, bodies } = options;
  const { vault, redactor } = shared;
  const entries = new Map<string, JsonObject>();
  const tokens = new Map<string, string>();
  const resolving = new Set<string>();
  const lenient = host.environment.processEnv.NOETL_KEYCHAIN_STRICT === "false";
  const tokenHost: TokenHost = {
    now: () => host.clock.now(),
    processEnv: host.environment.processEnv,
    fetch: globalThis.fetch,
  };
  const names = () => command.keychain.map((entry) => entry.name);
  const keychain = pendingView(entries, names, (data) => entryView(data, lenient));

  const secrets: OpenSecrets = {
    keychain,
    host: tokenHost,
    token(name, audience) {
      const known = tokens.get(`${name}\0${audience ?? ""}`);
      if (known === undefined) throw new NeedSecret({ token: name, audience });
      return known;
    },
    async fetch(secret) {
      if ("keychain" in secret) entries.set(secret.keychain, await entryOf(secret.keychain));
      else {
        const { token: name, audience } = secret;
        const credential = await secrets.credential(name);
        const token = await secrets.bearer(credential, audience === undefined ? {} : { audience });
        tokens.set(`${name}\0${audience ?? ""}`, token);
      }
    },
    async credential(name) {
      try {
        return await credentialOf(vault, host, command.execution_id, name);
      } catch (error) {
        // A name that nobody registered may be one the playbook declares; servers answer the same (server-api §2.10).
        const declared = command.keychain.some((entry) => entry.name === name) && !resolving.has(name);
        const { cause } = ensureError(error);
        if (!declared || !isNoetlError(cause) || cause.meaning !== "not_found") throw error;
        return secrets.entry(name);
      }
    },
    async entry(name) {
      const data = await entryOf(name);
      const entry = command.keychain.find((candidate) => candidate.name === name);
      const alias = entry && (await renamed(entry));
      return entryCredential(name, entry?.kind ?? "", data, alias && (await secrets.credential(alias)).type);
    },
    bearer(credential, ask = {}) {
      const owner = credential === undefined ? "adc" : `${command.execution_id}\0${credential.name}`;
      const key = `token\0${owner}\0${ask.audience ?? ""}\0${ask.scopes?.join(" ") ?? ""}`;
      const what = credential ? `credential '${credential.name}'` : "application default credentials";
      const margin = credential && !producesToken(credential.type) ? 0 : TOKEN_MARGIN;
      return vault.lease(key, { now: host.clock.now(), margin }, async () => {
        const made = await persistently(host.clock, what, () => produceToken(tokenHost, credential, ask));
        redactor.add(made.token);
        return { value: made.token, expires_at: made.expires_at };
      });
    },
  };

  async function entryOf(name: string): Promise<JsonObject> {
    const entry = command.keychain.find((candidate) => candidate.name === name);
    try {
      if (!entry) throw failure("credential", "KEYCHAIN_UNRESOLVED", `the playbook has no keychain entry '${name}'`);
      if (resolving.has(name)) throw failure("credential", "KEYCHAIN_CYCLE", `keychain entry '${name}' needs itself`);
      resolving.add(name);
      return await leased(entry);
    } catch (error) {
      if (lenient) return {};
      throw error instanceof CallFailure ? error : credentialError(`keychain entry '${name}'`, error);
    } finally {
      resolving.delete(name);
    }
  }

  /** The credential that an entry is another name of. */
  async function renamed(entry: KeychainEntry): Promise<string | undefined> {
    return /^credential/.test(entry.kind) ? aliasOf(await renderConfig(entry)) : undefined;
  }

  function leased(entry: KeychainEntry): Promise<JsonObject> {
    const now = host.clock.now();
    const key = storageKey(command, entry);
    const cache = entry.scope === "local" ? undefined : host.keychainCache;
    const margin = entry.auto_renew ? renewalMargin(host.environment.processEnv) : 0;
    return vault.lease(`keychain\0${key}`, { now, margin }, async (): Promise<Lease<JsonObject>> => {
      const held = await cache?.get(key);
      if (held && held.expires_at - now > margin && isObject(held.data)) {
        redactor.add(held.data);
        return { value: held.data as JsonObject, expires_at: held.expires_at };
      }
      const config = await renderConfig(entry);
      const resolved = await persistently(host.clock, `keychain entry '${entry.name}'`, () =>
        resolveEntry(secrets, entry, config),
      );
      redactor.add(resolved.secret ?? resolved.data);
      const life = entry.ttl_seconds ?? (entry.scope === "local" ? LOCAL_LIFE : SHARED_LIFE);
      const expires_at = now + Math.min(life, resolved.life ?? life) * 1_000;
      await cache?.put(key, { data: resolved.data, expires_at });
      return { value: resolved.data, expires_at };
    });
  }

  /** Earlier entries, the workload and the engine's names may be read (DSL §9.1). */
  async function renderConfig(entry: KeychainEntry): Promise<JsonObject> {
    const engine = { ...command.context.engine, execution_id: command.execution_id, keychain };
    const scope = commandNames(command, engine, bodies);
    for (;;) {
      try {
        return renderTree(shared.templates, entry.config, scope, {
          position: "data",
          keys: true,
          now: () => host.clock.now(),
          uuid: () => crypto.randomUUID(),
          token: secrets.token,
        }) as JsonObject;
      } catch (error) {
        if (error instanceof NeedSecret) await secrets.fetch(error.secret);
        else if (error instanceof NeedBody && !bodies.has(error.ref)) {
          bodies.set(error.ref, await host.getResult(error.ref));
        } else throw error;
      }
    }
  }

  return secrets;
}

/** A field that is not there is an error, not an empty password on its way to someone (worker-and-tools §9.1). */
function entryView(data: JsonObject, lenient: boolean): View {
  return {
    [VIEW]: true,
    attribute(key) {
      const value = Object.hasOwn(data, key) ? data[key] : undefined;
      if (value !== undefined || lenient) return value;
      throw failure("credential", "KEYCHAIN_UNRESOLVED", `the keychain entry has no field '${key}'`);
    },
    native: () => data,
    sequence: () => data,
  };
}

/** `NOETL_KEYCHAIN_REFRESH_THRESHOLD`, seconds, as ms. */
function renewalMargin(env: SecretHost["environment"]["processEnv"]): number {
  const given = env.NOETL_KEYCHAIN_REFRESH_THRESHOLD || RENEW_SECONDS;
  const seconds = Number(given);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1_000;
  const message = `NOETL_KEYCHAIN_REFRESH_THRESHOLD: '${given}' is not a number of seconds`;
  throw failure("credential", "KEYCHAIN_CONFIG", message);
}

function storageKey(command: Pick<Command, "execution_id" | "context">, { name, scope }: KeychainEntry): string {
  const { engine } = command.context;
  const catalog = String(engine.catalog_id ?? engine.path ?? "");
  const root = String(engine.root_execution_id ?? engine.parent_execution_id ?? command.execution_id);
  const where = { local: command.execution_id, global: "global", shared: `shared:${root}` };
  return `${name}:${catalog}:${where[scope]}`;
}
