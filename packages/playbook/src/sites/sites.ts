import type { Json } from "@noetl/core";
import { isObject } from "@noetl/core";
import type { Cond, Loop, Playbook, SetEntry, Step, Task } from "../model.ts";
import type { Position, ToolCatalog, ToolSpec } from "../tool-spec.ts";

/** One string of the model that is rendered, or evaluated as a condition. */
export interface Site {
  readonly text: string;
  /** where it is in the model: `holder[key]` */
  readonly holder: object;
  readonly key: string | number;
  readonly use: Exclude<Position, "none"> | "cond";
  readonly role: Role;
  /** which process renders it */
  readonly side: "worker" | "server";
  readonly task?: Task;
}

export type Role =
  | "workload"
  | "vars"
  | "keychain"
  | "guard"
  | "admit"
  | "loop"
  | "input"
  | "config"
  | "auth"
  | "rule"
  | "task-set"
  | "rule-set"
  | "step-set"
  | "arc"
  | "arc-set"
  | "arc-input";

type Frame = Omit<Site, "text" | "holder" | "key">;

/** Everything rendered in one step. */
export function* stepSites(step: Step, tools: ToolCatalog): Generator<Site> {
  const server = (role: Role): Frame => ({ use: "data", role, side: "server" });
  yield* conditions(step, "guard", step.guard, { ...server("guard"), use: "cond" });
  for (const rule of step.spec.admit ?? []) {
    yield* conditions(rule, "when", rule.when, { ...server("admit"), use: "cond" });
    if ("message" in rule.then) yield* one(rule.then, "message", { ...server("admit"), use: "text" });
  }
  for (const key of ["timeout_seconds", "deadline_s", "max_iterations"] as const) {
    yield* one(step.spec, key, server("config"));
  }
  if (step.loop) yield* loopSites(step.loop, tools);
  yield* strings(step.input, { use: "data", role: "input", side: "worker" });
  for (const task of step.tasks) yield* taskSites(task, tools.get(task.kind));
  yield* assignments(step.set, server("step-set"));
  for (const arc of step.next?.arcs ?? []) {
    yield* conditions(arc, "when", arc.when, { ...server("arc"), use: "cond" });
    yield* assignments(arc.set, server("arc-set"));
    if (arc.input) yield* strings(arc.input, server("arc-input"));
  }
}

/** What is rendered when a run starts. */
export function* playbookSites(playbook: Playbook): Generator<Site> {
  yield* strings(playbook.workload, { use: "data", role: "workload", side: "server" });
  if (playbook.vars) yield* strings(playbook.vars, { use: "data", role: "vars", side: "server" });
  for (const entry of playbook.keychain) {
    yield* strings(entry.config, { use: "data", role: "keychain", side: "worker" });
  }
}

function* loopSites(loop: Loop, tools: ToolCatalog): Generator<Site> {
  yield* one(loop, "max_in_flight", { use: "data", role: "loop", side: "server" });
  yield* one(loop, "limit", { use: "data", role: "loop", side: "server" });
  if (loop.frame) yield* strings(loop.frame, { use: "data", role: "loop", side: "server" });
  if ("in" in loop.source) {
    yield* strings(loop.source, { use: "data", role: "loop", side: "server" });
    return;
  }
  const { cursor } = loop.source;
  const spec = tools.get(cursor.kind);
  yield* one(cursor, "claim", { use: "text", role: "loop", side: "worker" });
  yield* one(cursor, "auth", { use: "data", role: "auth", side: "worker" });
  yield* configSites(cursor.options, spec, { role: "loop", side: "worker" });
}

function* taskSites(task: Task, spec: ToolSpec | undefined): Generator<Site> {
  const at = (role: Role): Frame => ({ use: "data", role, side: "worker", task });
  yield* conditions(task, "guard", task.guard, { ...at("guard"), use: "cond" });
  yield* typeof task.input === "string" ? one(task, "input", at("input")) : strings(task.input, at("input"));
  yield* configSites(task.config, spec, { role: "config", side: "worker", task });
  if (task.auth !== undefined) {
    yield* typeof task.auth === "string" ? one(task, "auth", at("auth")) : strings(task.auth, at("auth"));
  }
  yield* one(task, "timeout", at("config"));
  for (const rule of task.rules) {
    yield* conditions(rule, "when", rule.when, { ...at("rule"), use: "cond" });
    for (const key of ["attempts", "delay", "max_delay"] as const) yield* one(rule, key, at("rule"));
    yield* one(rule, "message", { ...at("rule"), use: "text" });
    yield* assignments(rule.set, at("rule-set"));
  }
  if (task.assert) {
    yield* conditions(task.assert, "when", task.assert.when, { ...at("rule"), use: "cond" });
    yield* one(task.assert, "message", { ...at("rule"), use: "text" });
  }
  yield* assignments(task.set, at("task-set"));
}

/** Fields by their position; what is inside a field is rendered as the field is. */
function* configSites(
  config: { readonly [key: string]: Json },
  spec: ToolSpec | undefined,
  frame: Omit<Frame, "use">,
): Generator<Site> {
  for (const [key, value] of Object.entries(config)) {
    const position = spec?.positions[key] ?? "data";
    if (position !== "none") yield* field(value, config, key, { ...frame, use: position });
  }
}

function* assignments(entries: readonly SetEntry[], frame: Frame): Generator<Site> {
  for (const entry of entries) yield* field(entry.value, entry, "value", frame);
}

function* conditions(holder: object, key: string, cond: Cond | undefined, frame: Frame): Generator<Site> {
  if (typeof cond === "string") {
    if (cond.trim() !== "") yield { ...frame, text: cond, holder, key };
  } else if (Array.isArray(cond)) {
    for (const [index, item] of cond.entries()) {
      if (typeof item === "string" && item.trim() !== "") yield { ...frame, text: item, holder: cond, key: index };
      else if (Array.isArray(item)) yield* conditions(cond, String(index), item, frame);
    }
  }
}

function* one<T extends object>(holder: T, key: keyof T & (string | number), frame: Frame): Generator<Site> {
  yield* field(holder[key] as Json | undefined, holder, key, frame);
}

function* strings(value: Json | object, frame: Frame): Generator<Site> {
  yield* field(value as Json, value as object, "", frame);
}

function* field(value: Json | undefined, holder: object, key: string | number, frame: Frame): Generator<Site> {
  if (typeof value === "string") yield { ...frame, text: value, holder, key };
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* field(item, value, index, frame);
  } else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) yield* field(item as Json, value, name, frame);
  }
}
