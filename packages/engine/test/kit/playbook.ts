import type {
  AdmitRule,
  Arc,
  Cond,
  Executor,
  Loop,
  Playbook,
  Router,
  SetEntry,
  Step,
  Task,
  Tpl,
} from "@noetl/playbook";

/** Playbooks as the engine sees them, short enough to read in a test. */
export interface StepShape {
  kind?: string;
  /** what the test executor answers */
  result?: Tpl;
  tasks?: Task[];
  arcs?: (string | ArcShape)[];
  mode?: Router["mode"];
  set?: { [target: string]: Tpl };
  guard?: Cond;
  spec?: Partial<Step["spec"]>;
  loop?: Partial<Loop> & { in?: Tpl };
  input?: { [key: string]: Tpl };
  output?: Step["output"];
}

export interface ArcShape {
  to: string | string[];
  when?: Cond;
  set?: { [target: string]: Tpl };
  input?: { [key: string]: Tpl };
}

export function rule(decision: AdmitRule["then"], when?: Cond): AdmitRule {
  // biome-ignore lint/suspicious/noThenProperty: the language calls it so
  return { ...(when === undefined ? {} : { when }), then: decision };
}

const loc = { line: 1, column: 1 };

export function playbook(
  steps: { [name: string]: StepShape },
  options: {
    workload?: { [key: string]: Tpl };
    vars?: { [key: string]: Tpl };
    profile?: Executor["profile"];
    spec?: Partial<Executor["spec"]>;
    limits?: Executor["spec"]["policy"]["limits"];
  } = {},
): Playbook {
  return {
    apiVersion: "noetl.io/v2",
    kind: "Playbook",
    metadata: { name: "test", path: "tests/test" },
    executor: {
      profile: options.profile ?? "auto",
      version: "noetl-runtime/1",
      requires: { tools: [], features: [] },
      spec: {
        no_next_is_error: false,
        policy: { defaults: {}, results: {}, limits: options.limits ?? {} },
        ...options.spec,
      },
    },
    workload: options.workload ?? {},
    keychain: [],
    ...(options.vars ? { vars: options.vars } : {}),
    workflow: Object.entries(steps).map(([name, shape]) => stepOf(name, shape)),
  };
}

function stepOf(name: string, shape: StepShape): Step {
  const { in: source, ...loop } = shape.loop ?? {};
  return {
    step: name,
    spec: { extra: {}, ...shape.spec },
    ...(shape.guard === undefined ? {} : { guard: shape.guard }),
    input: shape.input ?? {},
    ...(shape.loop === undefined
      ? {}
      : {
          loop: { source: { in: source ?? [] }, iterator: "item", mode: "sequential", exec: "distributed", ...loop },
        }),
    tasks: shape.tasks ?? [taskOf(shape)],
    single: true,
    ...(shape.output ? { output: shape.output } : {}),
    set: setOf(shape.set ?? {}),
    ...(shape.arcs === undefined ? {} : { next: routerOf(shape) }),
    loc,
  };
}

function taskOf({ kind = "work", result }: StepShape): Task {
  return {
    name: "task",
    anonymous: true,
    kind,
    input: {},
    config: result === undefined ? {} : { result },
    rules: [],
    onUnmatched: "default",
    set: [],
    loc,
  };
}

function routerOf({ arcs = [], mode = "exclusive" }: StepShape): Router {
  return { mode, on_no_match: "complete", arcs: arcs.map((arc) => arcOf(typeof arc === "string" ? { to: arc } : arc)) };
}

function arcOf({ to, when, set, input }: ArcShape): Arc {
  return {
    targets: Array.isArray(to) ? to : [to],
    ...(when === undefined ? {} : { when }),
    set: setOf(set ?? {}),
    ...(input ? { input } : {}),
  };
}

function setOf(set: { [target: string]: Tpl }): SetEntry[] {
  return Object.entries(set).map(([target, value]) => {
    const [scope = "ctx", ...path] = target.split(".");
    if (scope === "ctx" || scope === "vars" || scope === "step" || scope === "iter") {
      return { scope, path, value, sequential: scope === "vars" };
    }
    return { scope: "ctx" as const, path: [scope, ...path], value, sequential: false };
  });
}
