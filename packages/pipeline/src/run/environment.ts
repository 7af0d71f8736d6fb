import type { Json, JsonObject } from "@noetl/core";
import type { StepRecord } from "@noetl/scope";
import { stepView } from "@noetl/scope";
import type { ToolEnvironment } from "@noetl/tools";
import type { Site } from "../bind/names.ts";
import type { TaskPlan } from "../bind/plan.ts";

/** What the tool is lent for one attempt; `onOutput` gets masked text only. */
export function environmentOf(site: Site, plan: TaskPlan, onOutput: ToolEnvironment["onOutput"]): ToolEnvironment {
  const { call, memory, item } = site;
  const { command, host, shared } = call;
  const index = item?.index ?? command.issued.iteration;
  const { environment } = host;
  return {
    site: {
      execution_id: command.execution_id,
      step: command.step.step,
      task: plan.task.name,
      attempt: site.attempt ?? 1,
      ...(index === undefined ? {} : { iteration: index }),
      local_profile: command.local_profile,
      single: !call.plan.labelled,
      has_rules: plan.task.rules.length > 0,
    },
    clock: host.clock,
    ...(environment.playbookDirectory === undefined ? {} : { playbookDirectory: environment.playbookDirectory }),
    workingDirectory: environment.workingDirectory,
    dataDirectory: environment.dataDirectory,
    childEnvironment: environment.childEnvironment,
    processEnv: environment.processEnv,
    resources: host.resources,
    onOutput,
    flatContext: (names) => flatContext(site, names),
    fetchResult: (ref) => host.getResult(ref),
    async storeResult(name, body) {
      const ref = await host.putResult({
        execution_id: command.execution_id,
        step: name,
        body: shared.redactor.json(body),
        scope: "execution",
      });
      return { ref: ref.ref, bytes: ref.meta.bytes, sha256: ref.meta.sha256 };
    },
    latestResult: () => (memory.labels.length > 0 ? memory.prev : latest(site)),
    addSecret: (value) => shared.redactor.add(value),
  };
}

/** Data of the step whose arc led here; else of the step that ended last, as far as the command brought it. */
function latest(site: Site): Json | undefined {
  const { context } = site.call.command;
  const led = context.engine.result ?? context.engine.prev;
  if (led !== undefined) return led;
  const last = Object.values(context.steps).at(-1);
  return last && (dataOf(site, last) as Json | undefined);
}

function dataOf(site: Site, record: StepRecord): unknown {
  return stepView(record, (ref) => site.call.bodies.get(ref))?.native();
}

/** Python's flat `context`: workload, then finished steps, then variables on top (DSL §7.6). */
function flatContext(site: Site, names?: readonly string[]): JsonObject {
  const { command } = site.call;
  const { workload, steps } = command.context;
  const wanted = names && new Set(names);
  const flat: JsonObject = {};
  const put = (key: string, value: () => unknown) => {
    if (wanted && !wanted.has(key)) return;
    const json = value();
    if (json !== undefined) flat[key] = json as Json;
  };
  put("workload", () => workload);
  put("ctx", () => site.memory.ctx);
  put("execution_id", () => command.execution_id);
  for (const [key, value] of Object.entries(workload)) put(key, () => value);
  for (const [key, record] of Object.entries(steps)) put(key, () => dataOf(site, record));
  for (const [key, value] of Object.entries(site.memory.ctx)) put(key, () => value);
  return flat;
}

/** References a flat context would read: it is asked for in the middle of a call, when nothing can be fetched. */
export function contextReferences(site: Site, config: JsonObject): string[] {
  const code = typeof config.code === "string" ? config.code : "";
  if (!/\bcontext\b|\bvariables\b/.test(code)) return [];
  const refs = Object.entries(site.call.command.context.steps).flatMap(([name, record]) => {
    const everything = /\b(?:context|variables)\b(?!\s*(?:\.get\(\s*|\[\s*)['"])/.test(code);
    if (!everything && !code.includes(name)) return [];
    const parts = record.parts?.flatMap((part) => (part?.ref ? [part.ref.ref] : [])) ?? [];
    return record.ref ? [record.ref.ref, ...parts] : parts;
  });
  return refs.filter((ref) => !site.call.bodies.has(ref));
}
