import { isNoetlError, type Json } from "@noetl/core";
import type { RefPath, Template } from "@noetl/template";
import { namesOf } from "../check/names.ts";
import { doubtfulReads } from "../check/references.ts";
import { knownKinds } from "../kinds/known.ts";
import type { Playbook, Step, Task } from "../model.ts";
import { compileSite } from "../sites/compile.ts";
import { knownRoots } from "../sites/names.ts";
import { playbookSites, type Site, stepSites } from "../sites/sites.ts";
import type { Effect, ToolCatalog } from "../tool-spec.ts";
import { credentialsOf } from "./credentials.ts";
import { conditionText } from "./graph.ts";
import { planOf } from "./plan.ts";
import { walk } from "./walk.ts";

/** What a playbook would do and what it needs, told without running anything (`noetl plan`). */
export interface PlanReport {
  name: string;
  path: string;
  profile: string;
  description?: string;
  entry: string;
  final_step?: string;
  /** sources before targets; the final step and steps that never run come last */
  steps: PlanStep[];
  tools: { kind: string; available: boolean; steps: string[] }[];
  credentials: Needed[];
  /** environment variables that templates read */
  env: Needed[];
  keychain: { name: string; kind: string; steps: string[] }[];
  playbooks: Needed[];
  effects: { read: string[]; write: string[]; unknown: string[] };
  loops: { step: string; iterator: string; mode: string; over: string; max_in_flight?: number | string }[];
  /** arcs that lead back */
  cycles: { from: string; to: string }[];
  joins: string[];
  unreachable: string[];
  /** names that nothing defines: a run may get them from its payload, otherwise they are empty */
  unresolved: { step: string; reads: string; template: string }[];
}

/** A name and who needs it; `template` when the name is known only when it runs. */
export interface Needed {
  name: string;
  steps: string[];
  template?: true;
}

export interface PlanStep {
  step: string;
  desc?: string;
  line: number;
  tasks: { name: string; kind: string; effect: Effect; available: boolean }[];
  effect: Effect;
  loop?: string;
  guard?: string;
  next: { to: string[]; when?: string; back: boolean }[];
  mode?: "exclusive" | "inclusive";
  joins: string[];
  unreachable: boolean;
}

const HEAVIEST: readonly Effect[] = ["none", "read", "unknown", "write"];

export function describePlan(playbook: Playbook, tools: ToolCatalog = knownKinds): PlanReport {
  const plan = planOf(playbook, tools);
  const unreachable = new Set(plan.unreachable);
  const { names, back, forward, order } = walk(playbook, plan.entry);
  const inOrder = byDepth(order, forward).flatMap((at) => playbook.workflow[at] ?? []);
  const late = (step: Step) => step.step === plan.finalStep || unreachable.has(step.step);
  const ordered = [...inOrder.filter((step) => !late(step)), ...inOrder.filter(late)];
  const steps = ordered.map((step): PlanStep => {
    const planned = plan.steps.get(step.step);
    const tasks = step.tasks.map((task) => describeTask(task, tools));
    const guard = conditionText(step.guard);
    return {
      step: step.step,
      ...(step.desc === undefined ? {} : { desc: step.desc }),
      line: step.loc.line,
      tasks,
      effect: tasks.reduce<Effect>((most, task) => heavier(most, task.effect), "none"),
      ...(step.loop === undefined ? {} : { loop: `${step.loop.iterator} in ${overText(step)}` }),
      ...(guard === undefined ? {} : { guard }),
      next: (step.next?.arcs ?? []).map((arc) => {
        const when = conditionText(arc.when);
        const leadsBack = arc.targets.some((target) => planned?.backEdges.has(target));
        return { to: arc.targets, ...(when === undefined ? {} : { when }), back: leadsBack };
      }),
      ...(step.next === undefined ? {} : { mode: step.next.mode }),
      joins: planned && planned.preds.size > 1 ? [...planned.preds] : [],
      unreachable: unreachable.has(step.step),
    };
  });
  const needs = needsOf(playbook, ordered, tools);
  const withEffect = (effect: Effect) => steps.filter((step) => step.effect === effect).map((step) => step.step);
  return {
    name: playbook.metadata.name,
    path: playbook.metadata.path,
    profile: playbook.executor.profile,
    ...(playbook.metadata.description === undefined ? {} : { description: playbook.metadata.description }),
    entry: plan.entry,
    ...(plan.finalStep === undefined ? {} : { final_step: plan.finalStep }),
    steps,
    ...needs,
    effects: { read: withEffect("read"), write: withEffect("write"), unknown: withEffect("unknown") },
    loops: ordered.flatMap((step) =>
      step.loop === undefined
        ? []
        : [
            {
              step: step.step,
              iterator: step.loop.iterator,
              mode: step.loop.mode,
              over: overText(step),
              ...(step.loop.max_in_flight === undefined ? {} : { max_in_flight: step.loop.max_in_flight }),
            },
          ],
    ),
    cycles: back.flatMap((targets, from) =>
      [...targets].map((to) => ({ from: names[from] ?? "", to: names[to] ?? "" })),
    ),
    joins: steps.filter((step) => step.joins.length > 0).map((step) => step.step),
    unreachable: [...unreachable],
  };
}

/** Sources before targets; steps of the same depth as they are written. */
function byDepth(order: readonly number[], forward: readonly (readonly number[])[]): number[] {
  const depth = new Map<number, number>();
  for (const from of order) {
    for (const to of forward[from] ?? []) depth.set(to, Math.max(depth.get(to) ?? 0, (depth.get(from) ?? 0) + 1));
  }
  return [...order].sort((a, b) => (depth.get(a) ?? 0) - (depth.get(b) ?? 0) || a - b);
}

function describeTask(task: Task, tools: ToolCatalog): PlanStep["tasks"][number] {
  const spec = tools.get(task.kind);
  return {
    name: task.name,
    kind: task.kind,
    effect: spec?.effects(task.config) ?? "unknown",
    available: spec?.available ?? false,
  };
}

function heavier(a: Effect, b: Effect): Effect {
  return HEAVIEST.indexOf(a) >= HEAVIEST.indexOf(b) ? a : b;
}

function overText(step: Step): string {
  const source = step.loop?.source;
  if (source === undefined) return "";
  if ("cursor" in source) return `rows claimed from ${source.cursor.kind}`;
  if (typeof source.in === "string") return conditionText(source.in) ?? "";
  const text = JSON.stringify(source.in);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

type Needs = Pick<PlanReport, "tools" | "credentials" | "env" | "keychain" | "playbooks" | "unresolved">;

function needsOf(playbook: Playbook, steps: readonly Step[], tools: ToolCatalog): Needs {
  const known = knownRoots(playbook);
  const names = namesOf(playbook);
  const env = new Map<string, Needed>();
  const secrets = new Map<string, string[]>();
  const kinds = new Map<string, { kind: string; available: boolean; steps: string[] }>();
  const playbooks = new Map<string, Needed>();
  const credentials = new Map<string, Needed>();
  const unresolved: Needs["unresolved"] = [];
  const look = (site: Site, step: Step | undefined) => {
    const refs = refsOf(site, known);
    const who = step?.step ?? "";
    for (const [root, second] of refs) {
      if (root === "env" && second !== undefined) note(env, second, who);
      if (root === "keychain" && second !== undefined && step) push(secrets, second, who);
    }
    for (const reading of doubtfulReads(site, refs, step, names)) {
      const told = unresolved.some((known) => known.step === who && known.reads === reading.shown);
      if (reading.kind === "unknown" && !told) {
        unresolved.push({ step: who, reads: reading.shown, template: oneLine(site.text) });
      }
    }
  };
  for (const site of playbookSites(playbook)) look(site, undefined);
  for (const step of steps) {
    for (const site of stepSites(step, tools)) look(site, step);
    for (const task of step.tasks) {
      const entry = kinds.get(task.kind) ?? {
        kind: task.kind,
        available: tools.get(task.kind)?.available ?? false,
        steps: [],
      };
      if (!entry.steps.includes(step.step)) entry.steps.push(step.step);
      kinds.set(task.kind, entry);
      const { path } = task.config;
      if (task.kind === "playbook" && typeof path === "string") noteText(playbooks, path, step.step, playbook);
    }
  }
  for (const { name, step } of credentialsOf(playbook, steps)) noteText(credentials, name, step, playbook);
  return {
    tools: [...kinds.values()],
    credentials: [...credentials.values()],
    env: [...env.values()],
    keychain: playbook.keychain.map(({ name, kind }) => ({ name, kind, steps: secrets.get(name) ?? [] })),
    playbooks: [...playbooks.values()],
    unresolved,
  };
}

function refsOf(site: Site, known: (name: string) => boolean): readonly RefPath[] {
  let template: Template | undefined;
  try {
    template = compileSite(site, known);
  } catch (error) {
    if (!isNoetlError(error)) throw error; // validation tells it, with its place
  }
  return template?.refs ?? [];
}

function oneLine(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, " ");
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}

function note(map: Map<string, Needed>, name: string, step: string, template?: true): void {
  const entry: Needed = map.get(name) ?? { name, steps: [], ...(template ? { template } : {}) };
  if (step !== "" && !entry.steps.includes(step)) entry.steps.push(step);
  map.set(name, entry);
}

/** A template that only names a workload default is as good as the default. */
function noteText(map: Map<string, Needed>, text: string, step: string, playbook: Playbook): void {
  const resolved = fromWorkload(text, playbook.workload);
  if (resolved !== "") note(map, resolved, step, resolved.includes("{{") ? true : undefined);
}

function fromWorkload(text: string, workload: { [key: string]: Json }): string {
  const key = /^\s*\{\{\s*(?:workload\.)?(\w+)\s*\}\}\s*$/.exec(text)?.[1];
  const value = key === undefined ? undefined : workload[key];
  return typeof value === "string" && !value.includes("{{") ? value : text;
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key) ?? [];
  if (!list.includes(value)) list.push(value);
  map.set(key, list);
}
