import type { Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import type { Command, CtxEntry } from "@noetl/engine";
import { assign } from "@noetl/scope";
import type { Memory } from "../bind/memory.ts";
import type { Call } from "./call.ts";
import type { Held } from "./pipeline.ts";
import { masked } from "./report.ts";

/** A parked pipeline as it lies in the log: without the variables, which the command brings again, and masked. */
export interface Parked {
  memory: Omit<Memory, "ctx">;
  held: Held;
}

/** States over this size are stored as results, in bytes. */
const INLINE = 65_536;

export function shelve(call: Call, memory: Memory, held: Held): Parked {
  const { ctx: _, ...rest } = memory;
  // An input that holds a secret cannot lie in the log: it is rendered again.
  if (rest.input && masked(call, rest.input) !== rest.input) delete rest.input;
  return { memory: rest, held };
}

/** `ctx` is that of the command; what the pipeline wrote before it parked is written over it. */
export function unshelve(parked: Parked, ctx: JsonObject): { memory: Memory; held: Held } {
  return { memory: { ...parked.memory, ctx: replay(ctx, parked.memory.updates) }, held: parked.held };
}

/** The variables after these writes. */
export function replay(ctx: JsonObject, updates: readonly CtxEntry[]): JsonObject {
  let now = ctx;
  for (const { path, value } of updates) now = assign(now, path, value);
  return now;
}

/** Any state as JSON for the log; a large one goes to the result store. */
export async function storeState(call: Call, state: object, startedAt: number): Promise<Json> {
  const json = masked(call, state as unknown as JsonObject);
  if (Buffer.byteLength(JSON.stringify(json)) <= INLINE) return json;
  const { execution_id, step } = call.command;
  const { ref } = await call.host.putResult({ execution_id, step: step.step, body: json, scope: "execution" });
  return { stored: ref, started_at: startedAt };
}

export async function loadState<T extends object>(call: Call, command: Command): Promise<T | undefined> {
  const state = command.resume?.state;
  if (state === undefined) return undefined;
  const body = isObject(state) && typeof state.stored === "string" ? await call.host.getResult(state.stored) : state;
  return body as unknown as T;
}
