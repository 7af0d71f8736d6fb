import type { Json, JsonObject } from "@noetl/core";
import type { LogEvent, RunView } from "@noetl/engine";
import { NeedBody, namesOf, renderTree, templateCache } from "@noetl/scope";
import type { Host } from "../options.ts";

const FETCHES = 100;

/**
 * A template as the run knew its names at the point of this view; `extra` comes before them. What is no template of ours
 * stays as it is; meaning `validation` for one that fails.
 */
export async function renderAt(
  host: Pick<Host, "store">,
  run: { view: RunView; events: readonly LogEvent[] },
  template: Json,
  extra: JsonObject,
): Promise<Json> {
  const [first] = run.events;
  const begin = first?.type === "playbook.initialized" ? first : undefined;
  const records = new Map(run.view.steps.flatMap(({ step, record }) => (record ? [[step, record]] : [])));
  const bodies = new Map<string, Json>();
  const names = namesOf({
    locals: extra,
    ctx: run.view.ctx,
    result: (step) => records.get(step),
    stepNames: () => records.keys(),
    workload: begin?.workload ?? {},
    engine: { execution_id: first?.execution_id ?? "", path: begin?.path ?? "", env: { ...begin?.env } },
    body: (ref) => bodies.get(ref),
  });
  const templates = templateCache();
  for (let fetches = 0; ; fetches++) {
    try {
      return renderTree(templates, template, names, { position: "verbatim" });
    } catch (error) {
      if (!(error instanceof NeedBody) || fetches === FETCHES) throw error;
      bodies.set(error.ref, await host.store.results.get(error.ref));
    }
  }
}
