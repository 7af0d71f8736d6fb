import type { Json, JsonObject } from "@noetl/core";
import type { Command, CommandIssued } from "@noetl/engine";
import type { KeychainEntry, Rule, SetEntry, Step, Task } from "@noetl/playbook";

const loc = { line: 1, column: 1 };

export function task(name: string, kind: string, more: Partial<Task> = {}): Task {
  return {
    name,
    anonymous: false,
    kind,
    input: {},
    config: {},
    rules: [],
    onUnmatched: "default",
    set: [],
    loc,
    ...more,
  };
}

export function rule(action: Rule["do"], when?: string, more: Partial<Rule> = {}): Rule {
  return { do: action, set: [], ...(when === undefined ? {} : { when }), ...more };
}

/** `ctx.a.b`, `iter.x`, `step.x`; a bare name is pipeline-local. */
export function set(target: string, value: Json, sequential = false): SetEntry {
  const [scope = "", ...path] = target.split(".");
  if (scope === "ctx" || scope === "iter" || scope === "step" || scope === "vars")
    return { scope, path, value, sequential };
  return { scope: "local", path: [scope, ...path], value, sequential };
}

export function step(tasks: Task[], more: Partial<Step> = {}): Step {
  return { step: "s", spec: { extra: {} }, input: {}, tasks, single: false, set: [], loc, ...more };
}

export function single(kind: string, more: Partial<Task> = {}, stepMore: Partial<Step> = {}): Step {
  return step([task("s_task", kind, { anonymous: true, ...more })], { single: true, ...stepMore });
}

export function commandOf(
  of: Step,
  more: Partial<Omit<Command, "context" | "issued">> & {
    workload?: JsonObject;
    ctx?: JsonObject;
    steps?: Command["context"]["steps"];
    engine?: JsonObject;
    issued?: Partial<CommandIssued>;
    keychain?: KeychainEntry[];
  } = {},
): Command {
  const { workload = {}, ctx = {}, steps = {}, engine = {}, issued, ...rest } = more;
  const mode = issued?.mode ?? "pipeline";
  return {
    execution_id: "1",
    command_id: "s#1",
    issued: {
      type: "command.issued",
      step: of.step,
      run: 1,
      command_id: "s#1",
      kind: of.tasks[0]?.kind ?? "noop",
      attempt: 1,
      mode,
      ...issued,
    },
    step: of,
    keychain: [],
    context: { workload, ctx, steps, engine },
    arc_input: {},
    defaults: {},
    results: {},
    local_profile: false,
    ...rest,
  };
}
