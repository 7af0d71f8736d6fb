import type { JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import { renderTree } from "@noetl/scope";
import type { Names } from "@noetl/template";
import { type Credential, configFields } from "@noetl/tools";
import type { TaskPlan } from "../bind/plan.ts";
import { settle } from "../bind/settle.ts";
import type { Call } from "../run/call.ts";
import { resolveAuth } from "./auth.ts";
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
  if (task.auth === undefined || task.auth === null) return { config, auth: {} };
  const given = task.auth;
  const rendered = await settle(call, () =>
    renderTree(call.shared.templates, given, names, { ...call.render, position: "data" }),
  );
  const { host, shared, secrets } = call;
  const auth = await resolveAuth(
    {
      secrets,
      processEnv: host.environment.processEnv,
      addSecrets: shared.redactor.add,
      bearers: HTTP_LIKE.has(task.kind),
      secretManager: (spec) => secretManagerFetch(call.secrets, spec),
    },
    rendered,
  );
  const lone = auth.default;
  const known = tool?.schema.properties;
  if (!lone || !isObject(known) || (HTTP_LIKE.has(task.kind) && SIGN_IN.has(lone.type))) return { config, auth };
  const merged: JsonObject = {};
  for (const [key, value] of Object.entries(configFields(lone))) if (key in known) merged[key] = value;
  for (const [key, value] of Object.entries(config)) if (value !== null || !(key in merged)) merged[key] = value;
  return { config: merged, auth };
}
