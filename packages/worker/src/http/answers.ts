import { isObject, type JsonObject, NoetlError } from "@noetl/core";
import type { Command } from "@noetl/engine";
import type { ResultRef } from "@noetl/scope";
import type { Hint, Offer } from "../plane/control-plane.ts";

/** Undefined for what names no command; with the claim where the server made it. */
export function offerOf(raw: JsonObject): Offer | undefined {
  const hint = hintOf(raw);
  if (!hint || raw.command === undefined) return hint;
  return { ...hint, claimed: { outcome: "claimed", command: commandOf(raw), fence: Number(raw.fence) } };
}

/** Undefined for what names no command. */
export function hintOf(raw: JsonObject): Hint | undefined {
  const { execution_id, event_id, command_id, step, server_url } = raw;
  if (!isId(execution_id) || !isId(event_id)) return undefined;
  return {
    execution_id: String(execution_id),
    event_id: String(event_id),
    command_id: isId(command_id) ? String(command_id) : String(event_id),
    step: typeof step === "string" ? step : "",
    ...(typeof server_url === "string" ? { server_url } : {}),
  };
}

function isId(value: unknown): value is string | number {
  return (typeof value === "string" && value !== "") || Number.isSafeInteger(value);
}

/** Meaning `terminal` when the server is one that hands out commands of older engines only. */
export function commandOf(answer: JsonObject): Command {
  const { command } = answer;
  if (isObject(command) && isObject(command.issued) && isObject(command.step)) return command as unknown as Command;
  throw new NoetlError("terminal", "E_CLAIM_SHAPE", "the server's answer to the claim holds no command", {
    hint: "this worker needs a server of the same generation",
  });
}

export function refOf(answer: JsonObject): ResultRef {
  if (answer.kind === "result_ref" && typeof answer.ref === "string") {
    // The size is told twice, for older workers; in the log it stands once.
    const { bytes: _bytes, sha256: _sha256, ...ref } = answer;
    return ref as unknown as ResultRef;
  }
  throw new NoetlError("terminal", "E_RESULT_SHAPE", "the server's answer to the result names no reference");
}
