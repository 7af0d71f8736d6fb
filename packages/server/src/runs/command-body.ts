import { isObject, type Json, NoetlError } from "@noetl/core";
import type { Command } from "@noetl/engine";
import type { Store } from "@noetl/store";

/** Larger commands are kept in the result store (server-api §4.3). */
const INLINE_BYTES = 524_288;
const NAME = "__command_context__";

/** The `body` of a command row: the command itself, or where it is. */
export async function commandBody(store: Store, command: Command | undefined): Promise<{ body?: Json }> {
  if (!command) return {};
  const bytes = Buffer.byteLength(JSON.stringify(command));
  if (bytes <= INLINE_BYTES) return { body: command as unknown as Json };
  const { ref } = await store.results.put({
    execution_id: command.execution_id,
    step: NAME,
    body: command as unknown as Json,
    scope: "execution",
  });
  return { body: { __context_ref__: ref, __context_bytes__: bytes } };
}

/** The command of a row. Meaning `not_found` when it was stored elsewhere and is gone. */
export async function readCommandBody(store: Store, body: Json): Promise<Command | undefined> {
  if (!isObject(body)) return undefined;
  const whole = typeof body.__context_ref__ === "string" ? await store.results.get(body.__context_ref__) : body;
  if (!isObject(whole) || !isObject(whole.issued)) {
    throw new NoetlError("internal", "COMMAND_BODY", "a command row holds no command");
  }
  return whole as unknown as Command;
}
