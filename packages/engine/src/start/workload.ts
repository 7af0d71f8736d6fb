import { isObject, type Json, type JsonObject } from "@noetl/core";
import { renderTree, type TemplateCache } from "@noetl/scope";
import type { Names, RenderOptions } from "@noetl/template";

export interface WorkloadSite {
  templates: TemplateCache;
  render: RenderOptions;
  /** env, execution_id, job, payload, input */
  engine: JsonObject;
}

/**
 * The frozen workload of a run (DSL §6): the document's values under the payload's. Only the document's strings are
 * templates, so a caller cannot inject any; keys refer to each other in any order, secrets stay as text.
 */
export function renderWorkload(
  document: JsonObject,
  payload: JsonObject,
  merge: "shallow" | "deep",
  site: WorkloadSite,
): JsonObject {
  const keys = [...new Set([...Object.keys(document), ...Object.keys(payload)])];
  const done = new Map<string, Json>();
  const rendering = new Set<string>();

  function keyValue(key: string): unknown {
    if (done.has(key)) return done.get(key);
    // A key that is needed for itself: the payload's value, else the engine's name of that key, else nothing.
    if (rendering.has(key)) return own(payload, key) ?? own(site.engine, key);
    rendering.add(key);
    const value = render(own(document, key), own(payload, key));
    rendering.delete(key);
    done.set(key, value);
    return value;
  }
  function render(template: Json | undefined, given: Json | undefined): Json {
    if (given !== undefined && (merge === "shallow" || !isMap(given) || !isMap(template))) return given;
    if (template === undefined) return null;
    if (!isMap(given) || !isMap(template)) return renderData(template, names, site);
    const inner = [...new Set([...Object.keys(template), ...Object.keys(given)])];
    return Object.fromEntries(inner.map((key) => [key, render(own(template, key), own(given, key))]));
  }
  const known = new Set(keys);
  const lazy: Record<string, unknown> = {};
  for (const key of keys) Object.defineProperty(lazy, key, { get: () => keyValue(key), enumerable: true });
  const names: Names = {
    lookup(name) {
      if (name === "workload") return lazy;
      return known.has(name) ? keyValue(name) : own(site.engine, name);
    },
  };
  return Object.fromEntries(keys.map((key) => [key, (keyValue(key) ?? null) as Json]));
}

/** Legacy root `vars`: each value sees those before it. */
export function renderVars(vars: JsonObject, workload: JsonObject, site: WorkloadSite): JsonObject {
  const made: JsonObject = {};
  const names: Names = {
    lookup(name) {
      if (name === "workload") return workload;
      if (name === "vars" || name === "ctx") return made;
      return own(made, name) ?? own(workload, name) ?? own(site.engine, name);
    },
  };
  for (const [key, template] of Object.entries(vars)) made[key] = renderData(template, names, site);
  return made;
}

function renderData(template: Json, names: Names, site: WorkloadSite): Json {
  return renderTree(site.templates, template, names, { ...site.render, position: "data", skipDeferred: true });
}

function own(from: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(from, key) ? from[key] : undefined;
}

const isMap = (value: Json | undefined): value is JsonObject => isObject(value);
