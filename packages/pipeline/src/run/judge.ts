import type { Json } from "@noetl/core";
import { ensureError } from "@noetl/core";
import type { Rule } from "@noetl/playbook";
import { type Assignment, type Envelope, evaluateCondition, renderSet, renderTree } from "@noetl/scope";
import type { Names } from "@noetl/template";
import { apply } from "../bind/memory.ts";
import { type Site, siteNames } from "../bind/names.ts";
import { countField, numberField } from "../bind/number.ts";
import type { TaskPlan } from "../bind/plan.ts";
import { settle } from "../bind/settle.ts";
import { siteA, siteB } from "../bind/views.ts";
import type { Action } from "../machine/index.ts";
import { errorInfo } from "./failure.ts";
import { tell } from "./progress.ts";

/** The first rule that matches, its numbers rendered and its `set` applied (DSL §13.3). */
export async function judge(site: Site, plan: TaskPlan, envelope: Envelope): Promise<Action> {
  const names = siteNames(site, siteA(envelope));
  for (const [index, rule] of plan.task.rules.entries()) {
    if (rule.when !== undefined && !(await matches(site, plan, rule, index, names))) continue;
    const action = await actionOf(site, plan, rule, names);
    const entries = plan.rules[index] ?? [];
    if (entries.length > 0) {
      const { call } = site;
      const done = await settle(call, () => renderSet(call.shared.templates, entries, names, call.render));
      assignAll(site, done);
    }
    return action;
  }
  return { do: "unmatched", policy: plan.task.onUnmatched };
}

/** A condition that cannot be evaluated does not match, and is told (DSL §8.9). */
async function matches(site: Site, plan: TaskPlan, rule: Rule, index: number, names: Names): Promise<boolean> {
  const { call } = site;
  try {
    return await settle(call, () => evaluateCondition(call.shared.templates, rule.when, names, call.render));
  } catch (error) {
    const info = errorInfo(error);
    if (info.kind !== "template") throw ensureError(error);
    const message = `Step '${call.command.step.step}', task '${plan.task.name}', rule ${index + 1}: ${info.message}`;
    tell(call, site.item, {
      type: "warning",
      code: info.code ?? "E_TPL_TYPE",
      message: call.shared.redactor.text(message),
    });
    return false;
  }
}

async function actionOf(site: Site, plan: TaskPlan, rule: Rule, names: Names): Promise<Action> {
  const { call } = site;
  const render = (
    value: Json | undefined,
    position: "data" | "text" = "data",
  ): Promise<Json | undefined> | undefined =>
    typeof value === "string"
      ? settle(call, () => renderTree(call.shared.templates, value, names, { ...call.render, position }))
      : undefined;
  const value = async (field: "attempts" | "delay" | "max_delay") => (await render(rule[field])) ?? rule[field];
  switch (rule.do) {
    case "continue":
    case "break":
      return { do: rule.do };
    case "fail": {
      const message = await render(rule.message, "text");
      return { do: "fail", ...(message === undefined ? {} : { message: String(message) }) };
    }
    case "jump": {
      const to = rule.to ?? "previous";
      return { do: "jump", to: to === "previous" ? to : (call.plan.labels.get(to) ?? "previous") };
    }
    case "retry": {
      const what = `of the retry rule of task '${plan.task.name}'`;
      const delay = numberField(await value("delay"), `'delay' ${what}`);
      return {
        do: "retry",
        attempts: countField(await value("attempts"), `'attempts' ${what}`, 3),
        ...(delay === undefined ? {} : { delay }),
        backoff: rule.backoff ?? "none",
        maxDelay: numberField(await value("max_delay"), `'max_delay' ${what}`) ?? 60,
        jitter: rule.jitter ?? false,
      };
    }
  }
}

/** The task's own `set`: after success, one entry after the other, `output` being the raw data (DSL §15.3). */
export async function applyTaskSet(site: Site, plan: TaskPlan, envelope: Envelope): Promise<void> {
  if (plan.set.length === 0) return;
  const { call, memory, item } = site;
  const view = siteB(envelope);
  const names = (done: readonly Assignment[]) => {
    const seen = { ...memory, updates: [] };
    apply(seen, done, item !== undefined);
    return siteNames({ ...site, memory: seen }, view);
  };
  assignAll(site, await settle(call, () => renderSet(call.shared.templates, plan.set, names, call.render)));
}

/** Durable variables hold no secrets: what reaches `ctx` is masked (DSL §9.3.4). */
function assignAll(site: Site, done: Assignment[]): void {
  const { redactor } = site.call.shared;
  const safe = done.map((entry) =>
    entry.scope === "ctx" || entry.scope === "vars" ? { ...entry, value: redactor.json(entry.value) } : entry,
  );
  apply(site.memory, safe, site.item !== undefined);
}

/** Message of a failed `assert` of the task; `undefined` when it holds or there is none. */
export async function brokenAssertion(site: Site, plan: TaskPlan, envelope: Envelope): Promise<string | undefined> {
  const assertion = plan.task.assert;
  if (!assertion) return undefined;
  const { call } = site;
  const names = siteNames(site, siteB(envelope));
  const holds = await settle(call, () => evaluateCondition(call.shared.templates, assertion.when, names, call.render));
  if (holds) return undefined;
  const { message } = assertion;
  if (message === undefined) return `the assertion of task '${plan.task.name}' does not hold`;
  const text = await settle(call, () =>
    renderTree(call.shared.templates, message, names, { ...call.render, position: "text" }),
  );
  return String(text);
}
