import type { JsonObject } from "@noetl/core";
import type { Step } from "@noetl/playbook";
import { type TemplateCache, templateCache } from "@noetl/scope";
import type { Resources } from "@noetl/tools";
import type { PipelineHost } from "../api.ts";
import { planStep, type StepPlan } from "../bind/plan.ts";
import { createRedactor, type Redactor } from "../secrets/redactor.ts";
import { createVault, type Vault } from "../secrets/vault.ts";

/** What the commands of one process have in common. Lives in the host's resources, ends with them. */
export interface Shared {
  templates: TemplateCache;
  redactor: Redactor;
  vault: Vault;
  planOf(step: Step, host: PipelineHost): StepPlan;
  /** values of `ctx` that hold secrets and so are never stored, by execution (DSL §23.5) */
  memoryCtx: Map<string, JsonObject>;
}

export function sharedOf(resources: Resources): Shared {
  return resources.get("pipeline", createShared, () => {});
}

function createShared(): Shared {
  const templates = templateCache();
  const redactor = createRedactor();
  const plans = new WeakMap<Step, StepPlan>();
  return {
    templates,
    redactor,
    vault: createVault(redactor),
    memoryCtx: new Map(),
    planOf(step, host) {
      let plan = plans.get(step);
      if (!plan) {
        plan = planStep(step, templates, host.tool);
        plans.set(step, plan);
      }
      return plan;
    },
  };
}
