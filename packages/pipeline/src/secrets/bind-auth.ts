import type { JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import { renderTree } from "@noetl/scope";
import type { Names } from "@noetl/template";
import { type Credential, configFields, credentialType } from "@noetl/tools";
import type { TaskPlan } from "../bind/plan.ts";
import { settle } from "../bind/settle.ts";
import type { Call } from "../run/call.ts";
import { type AuthContext, resolveAuth } from "./auth.ts";
import { secretManagerFetch } from "./provider/index.ts";

/** Tools that send a bearer token themselves. */
const HTTP_LIKE = new Set(["http", "mcp", "agent", "provider"]);
/** Credential types that are a way to sign in, not fields of a config. */
const SIGN_IN = new Set(["bearer", "basic", "api_key"]);

/** Credentials of a task, and its config with their fields merged under what the author wrote (DSL §9.2). */
export async function bindAuth(
  call: Call,
  plan: TaskPlan,
  names: Names,
  config: JsonObject,
): Promise<{ config: JsonObject; auth: { [label: string]: Credential } }> {
  const { task, tool } = plan;
  const { host, shared, secrets } = call;
  const context: AuthContext = {
    secrets,
    processEnv: host.environment.processEnv,
    addSecrets: shared.redactor.add,
    bearers: HTTP_LIKE.has(task.kind),
    secretManager: (spec) => secretManagerFetch(call.secrets, spec),
  };
  const inner = await innerAuth(context, tool?.innerAuth ?? [], config);
  if (task.auth === undefined || task.auth === null) return { config, auth: inner };
  const given = task.auth;
  const rendered = await settle(call, () =>
    renderTree(call.shared.templates, given, names, { ...call.render, position: "data" }),
  );
  const auth = { ...(await resolveAuth(context, rendered)), ...inner };
  const lone = auth.default;
  const known = tool?.schema.properties;
  if (!lone || !isObject(known) || (HTTP_LIKE.has(task.kind) && SIGN_IN.has(credentialType(lone.type))))
    return { config, auth };
  const merged: JsonObject = {};
  for (const [key, value] of Object.entries(configFields(lone))) if (key in known) merged[key] = value;
  for (const [key, value] of Object.entries(config)) if (value !== null || !(key in merged)) merged[key] = value;
  return { config: merged, auth };
}

/** Parts of a config that name their own credential (`transfer`: `source`, `target`), under the name of the part. */
async function innerAuth(
  context: AuthContext,
  parts: readonly string[],
  config: JsonObject,
): Promise<{ [label: string]: Credential }> {
  const auth: { [label: string]: Credential } = {};
  for (const part of parts) {
    const given = config[part];
    const spec = isObject(given) ? ((given as JsonObject).auth ?? (given as JsonObject).credential) : undefined;
    const resolved = spec === undefined ? undefined : (await resolveAuth(context, spec)).default;
    if (resolved) auth[part] = resolved;
  }
  return auth;
}
