import type { Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import { renderTree } from "@noetl/scope";
import { failure } from "../run/failure.ts";
import { type Site, siteNames } from "./names.ts";
import type { TaskPlan } from "./plan.ts";
import { settle } from "./settle.ts";

/** The input of one tool call, low → high: arc payload, step input, loop iterator, tool input (DSL §7.6). */
export async function bindInput(site: Site, plan: TaskPlan): Promise<JsonObject> {
  const { call, item } = site;
  const base: JsonObject = { ...call.command.arc_input, ...(await stepInput(site)) };
  // The input of a `playbook` is the payload of a child, which gets no loop variables (DSL §20).
  if (item && plan.task.kind !== "playbook") base[item.iterator] = item.item;
  if (plan.staticInput && typeof plan.task.input !== "string") {
    return Object.keys(plan.task.input).length === 0 ? base : { ...base, ...plan.task.input };
  }
  const names = siteNames({ ...site, input: base });
  const own = await settle(call, () =>
    renderTree(call.shared.templates, plan.task.input as Json, names, { ...call.render, position: "data" }),
  );
  if (own === null || own === "") return base;
  if (!isObject(own)) {
    throw failure("configuration", "INPUT_TYPE", `input of task '${plan.task.name}' must be a map`);
  }
  return { ...base, ...(own as JsonObject) };
}

/** Rendered once a call, at its first task: a later change of a variable does not change it. */
async function stepInput(site: Site): Promise<JsonObject> {
  const { call, memory } = site;
  if (memory.input) return memory.input;
  const input = call.command.step.input as JsonObject;
  if (call.plan.staticInput) memory.input = input;
  else {
    const names = siteNames({ ...site, input: call.command.arc_input });
    memory.input = (await settle(call, () =>
      renderTree(call.shared.templates, input, names, { ...call.render, position: "data" }),
    )) as JsonObject;
  }
  return memory.input;
}
