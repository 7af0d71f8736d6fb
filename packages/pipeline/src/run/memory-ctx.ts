import type { Json, JsonObject } from "@noetl/core";
import type { Call } from "./call.ts";

/** Executions whose secret variables are kept at most. */
const KEPT = 100;

/**
 * A variable that a tool sets may hold a secret (tool `auth`): the log gets it masked, later steps in this process the
 * value (DSL §23.5). Returns what may be stored.
 */
export function keepInMemory(call: Call, key: string, value: Json): Json {
  const { redactor, memoryCtx } = call.shared;
  const masked = redactor.json(value);
  if (masked === value) return value;
  const { execution_id } = call.command;
  const kept = memoryCtx.get(execution_id);
  memoryCtx.delete(execution_id);
  memoryCtx.set(execution_id, { ...kept, [key]: value });
  const oldest = memoryCtx.keys().next().value;
  if (memoryCtx.size > KEPT && oldest !== undefined) memoryCtx.delete(oldest);
  return masked;
}

/** The variables of a command, with the secret ones of this process put back where their masked form stands. */
export function openCtx(
  memoryCtx: ReadonlyMap<string, JsonObject>,
  executionId: string,
  ctx: JsonObject,
  mask: (value: Json) => Json,
): JsonObject {
  const kept = memoryCtx.get(executionId);
  if (!kept) return ctx;
  const opened = { ...ctx };
  for (const [key, value] of Object.entries(kept)) {
    if (JSON.stringify(ctx[key]) === JSON.stringify(mask(value))) opened[key] = value;
  }
  return opened;
}
