import { isDeepStrictEqual } from "node:util";
import type { Json, JsonObject } from "@noetl/core";
import type { CtxEntry } from "@noetl/engine";
import type { Assignment, Envelope } from "@noetl/scope";
import { assign } from "@noetl/scope";
import { type MachineState, type Program, startState } from "../machine/index.ts";

/** What one run of a pipeline knows. Plain JSON: a parked call goes on from it (DSL §13.4, §15.2). */
export interface Memory {
  machine: MachineState;
  started_at: number;
  /** data by label, of every task that ran or was skipped */
  results: { [label: string]: Json };
  /** labels that ran, in the order in which they first did */
  labels: string[];
  /** data of the task completed last */
  prev: Json;
  /** envelope of the task executed last */
  last?: Envelope;
  /** the step's own input, rendered once a call */
  input?: JsonObject;
  locals: JsonObject;
  iter: JsonObject;
  step: JsonObject;
  ctx: JsonObject;
  /** durable writes so far, in order */
  updates: CtxEntry[];
  /** grows whenever a variable gets another value: an unchanged one at a jump is a sign of livelock */
  version: number;
}

export function newMemory(program: Program, ctx: JsonObject, startedAt: number): Memory {
  return {
    machine: startState(program),
    started_at: startedAt,
    results: {},
    labels: [],
    prev: null,
    locals: {},
    iter: {},
    step: {},
    ctx,
    updates: [],
    version: 0,
  };
}

/** Applies rendered assignments in order (DSL §15.2). Outside a loop `iter.x` is `step.x`. */
export function apply(memory: Memory, assignments: readonly Assignment[], inLoop: boolean): void {
  for (const { scope, path, value } of assignments) {
    switch (scope) {
      case "ctx":
        writeCtx(memory, path, value);
        break;
      case "vars":
        writeCtx(memory, ["vars", ...path], value);
        break;
      case "iter":
        if (inLoop) memory.iter = write(memory, memory.iter, path, value);
        else memory.step = write(memory, memory.step, path, value);
        break;
      case "step":
        memory.step = write(memory, memory.step, path, value);
        break;
      case "local":
        memory.locals = write(memory, memory.locals, path, value);
    }
  }
}

/** A durable variable: visible at once, reported when the command ends. */
export function writeCtx(memory: Memory, path: string[], value: Json): void {
  memory.ctx = write(memory, memory.ctx, path, value);
  memory.updates.push({ path, value });
}

function write(memory: Memory, target: JsonObject, path: readonly string[], value: Json): JsonObject {
  if (!isDeepStrictEqual(valueAt(target, path), value)) memory.version++;
  return assign(target, path, value);
}

function valueAt(target: Json | undefined, path: readonly string[]): Json | undefined {
  let value = target;
  for (const key of path) {
    if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, key))
      return undefined;
    value = value[key];
  }
  return value;
}

/** Makes room in the order of labels for a task that ran. */
export function remember(memory: Memory, label: string, data: Json): void {
  if (!Object.hasOwn(memory.results, label)) memory.labels.push(label);
  memory.results = { ...memory.results, [label]: data };
}
