import type { Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import { renderTree } from "@noetl/scope";
import type { Names } from "@noetl/template";
import type { Call } from "../run/call.ts";
import { knownRoots } from "./known-roots.ts";
import type { Site } from "./names.ts";
import { numberField } from "./number.ts";
import type { TaskPlan } from "./plan.ts";
import { settle } from "./settle.ts";

/** Keys of `tool.spec` that are no tool config; `executor.spec.policy.defaults` may hold them too. */
const SPEC_KEYS = new Set(["timeout", "timeout_seconds", "policy", "retry"]);

/** The tool's config, each field rendered as its position says (DSL §8.4, §8.8). */
export async function bindConfig(site: Site, plan: TaskPlan, names: Names): Promise<JsonObject> {
  const { call } = site;
  const config: JsonObject = { ...defaults(call, plan), ...plan.fixed };
  for (const { key, value, position, keys } of plan.fields) {
    config[key] = await settle(call, () =>
      renderTree(call.shared.templates, value, names, {
        ...call.render,
        position,
        keys,
        ...(position === "code" && { isKnownRoot: knownRoots(site, plan) }),
      }),
    );
  }
  return config;
}

/** `executor.spec.policy.defaults` under the tool's own keys, as far as the tool knows them (DSL §5). */
function defaults(call: Call, plan: TaskPlan): JsonObject {
  const entries = Object.entries(call.command.defaults).filter(([key]) => !SPEC_KEYS.has(key));
  if (entries.length === 0) return {};
  const known = plan.tool?.schema.properties;
  return Object.fromEntries(entries.filter(([key]) => isObject(known) && key in known));
}

/** Limit of one attempt in ms (DSL §22): a number of seconds, or `{connect, read}`. */
export async function bindTimeout(
  call: Call,
  plan: TaskPlan,
  names: Names,
): Promise<{ total?: number; connect?: number }> {
  const { task } = plan;
  const given = task.timeout ?? call.command.defaults.timeout_seconds ?? call.command.defaults.timeout;
  if (given === undefined || given === null) return {};
  const value: Json =
    typeof given === "number"
      ? given
      : await settle(call, () => renderTree(call.shared.templates, given, names, { ...call.render, position: "data" }));
  const limits = isObject(value) ? (value as JsonObject) : { read: value };
  const total = numberField(limits.read ?? limits.total, `timeout of task '${task.name}'`);
  const connect = numberField(limits.connect, `connect timeout of task '${task.name}'`);
  return {
    ...(total === undefined ? {} : { total: total * 1_000 }),
    ...(connect === undefined ? {} : { connect: connect * 1_000 }),
  };
}
