import type { Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import type { OutputSpec, Step } from "@noetl/playbook";
import { numberField } from "../bind/number.ts";

/** How the result of a call is kept (DSL §21.1), from the playbook's defaults, the step, and its tool on top. */
export interface ResultPolicy {
  inlineMaxBytes: number;
  previewMaxBytes: number;
  scope: string;
  store?: string;
  /** seconds */
  ttl?: number;
  select?: { path: string; as: string }[];
  /** extra name under which the reference itself is shown */
  as?: string;
}

const INLINE = 65_536;
const PREVIEW = 1_024;

/** Variables by which an operator sets the inline limit of a whole process (worker-and-tools §7.1). */
const LIMIT_VARIABLES = ["NOETL_EVENT_RESULT_CONTEXT_MAX_BYTES", "NOETL_INLINE_MAX_BYTES"];

/**
 * Later wins per key; `store` merges. Only the tool of a step that has one speaks for the result of the step. Numbers may
 * be templates: `render` reads them. Error kind `configuration` when one is no number.
 */
export function resultPolicy(
  defaults: JsonObject,
  step: Step,
  render: (value: Json) => Json,
  env: { readonly [name: string]: string | undefined },
): ResultPolicy {
  const [task] = step.tasks;
  const own = step.tasks.length === 1 ? task?.output : undefined;
  const spec: OutputSpec = { ...(defaults as OutputSpec), ...step.output, ...own };
  const store = { ...storeOf(defaults.store), ...step.output?.store, ...own?.store };
  const number = (value: Json | undefined, name: string) =>
    value === undefined ? undefined : numberField(render(value), `output.${name}`);
  const ttl = number(store.ttl, "store.ttl");
  const usual = LIMIT_VARIABLES.map((name) => numberField(env[name], name)).find((limit) => limit !== undefined);
  return {
    inlineMaxBytes: number(spec.inline_max_bytes, "inline_max_bytes") ?? usual ?? INLINE,
    previewMaxBytes: number(spec.preview_max_bytes, "preview_max_bytes") ?? PREVIEW,
    scope: spec.scope ?? "execution",
    ...(typeof store.kind === "string" && { store: store.kind }),
    ...(ttl !== undefined && { ttl }),
    ...(spec.select && spec.select.length > 0 && { select: spec.select }),
    ...(spec.as !== undefined && { as: spec.as }),
  };
}

function storeOf(value: Json | undefined): { [key: string]: Json } {
  if (typeof value === "string") return { kind: value };
  return isObject(value) ? (value as JsonObject) : {};
}
