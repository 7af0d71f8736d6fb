import type { Json, JsonObject } from "@noetl/core";
import { NeedBody, namesOf, renderTree, templateCache } from "@noetl/scope";
import type { Store } from "@noetl/store";
import type { Live } from "../runs/index.ts";

const FETCHES = 100;

/** A template as the next step of the run would see it: workload, variables, results of steps. */
export async function renderIn(
  store: Store,
  live: Live,
  asked: { template: Json; extra: JsonObject; strict: boolean },
): Promise<{ rendered: Json; context_keys: string[] }> {
  const { workload } = live;
  const view = live.run.view();
  const records = new Map(view.steps.flatMap(({ step, record }) => (record ? [[step, record]] : [])));
  const bodies = new Map<string, Json>();
  const engine = {
    execution_id: live.summary.execution_id,
    path: live.summary.path,
    catalog_id: live.summary.catalog_id,
  };
  const names = namesOf({
    locals: asked.extra,
    ctx: view.ctx,
    result: (step) => records.get(step),
    stepNames: () => records.keys(),
    workload,
    engine,
    body: (ref) => bodies.get(ref),
  });
  const templates = templateCache();
  for (let fetches = 0; ; fetches++) {
    try {
      const rendered = renderTree(templates, asked.template, names, { position: asked.strict ? "data" : "verbatim" });
      const keys = new Set([
        "workload",
        "ctx",
        "steps",
        ...Object.keys(workload),
        ...Object.keys(view.ctx),
        ...records.keys(),
      ]);
      return { rendered, context_keys: [...keys, ...Object.keys(asked.extra)].sort() };
    } catch (error) {
      if (!(error instanceof NeedBody) || fetches === FETCHES) throw error;
      bodies.set(error.ref, await store.results.get(error.ref));
    }
  }
}
