import type { Client, ExecuteInput } from "@noetl/client";
import { isNoetlError, type JsonObject, NoetlError } from "@noetl/core";
import { parseObject, payloadOf, readPayload, readText } from "@noetl/sdk/payload";
import { similar } from "../catalog/entry.ts";
import { conclude, type Surroundings, type WaitFlags } from "./conclude.ts";
import type { ExecutionDocument } from "./document.ts";
import { type PlaybookReference, referenceText } from "./reference.ts";

/** The flags that make a workload, in the words of the flags. */
export interface WorkloadFlags {
  input?: string | undefined;
  payload?: string | undefined;
  set?: readonly string[] | undefined;
  "set-string"?: readonly string[] | undefined;
  merge?: boolean | undefined;
}

export interface StartedDocument {
  execution_id: string;
  status: string;
  path: string | null;
  version?: number | string;
}

/** What the command prints: the started execution, or after waiting the whole of it. */
export type Outcome = { started: StartedDocument; ended?: { execution: ExecutionDocument; exit: number } };

/**
 * Starts a playbook of the catalog (cli.md §4.1.4) and, when asked, waits for its end. Meaning `not_found` for an
 * unknown playbook or version.
 */
export async function startRemote(
  surroundings: Surroundings,
  reference: PlaybookReference,
  flags: WorkloadFlags & WaitFlags,
): Promise<Outcome> {
  const { client } = surroundings;
  const { workload, merge, warnings } = await workloadOf(client, reference, flags);
  for (const warning of warnings) surroundings.note(warning);
  const started = await client.executions
    .start({ ...reference, workload, merge } satisfies ExecuteInput)
    .catch(async (error: unknown) => {
      if (!isNoetlError(error) || error.meaning !== "not_found") throw error;
      const meant = "path" in reference ? await similar(client, reference.path) : undefined;
      throw new NoetlError(
        "not_found",
        "PLAYBOOK_NOT_FOUND",
        `${client.endpoint.url} has no playbook '${referenceText(reference)}'`,
        {
          cause: error,
          hint:
            meant === undefined
              ? "noetl catalog list shows those it has; noetl register playbook FILE adds one"
              : `did you mean '${meant}'?`,
        },
      );
    });
  return continueStarted(surroundings, started, reference, flags);
}

/** The part after the start, shared with `execute rerun`. */
export async function continueStarted(
  surroundings: Surroundings,
  started: { execution_id: string; status: string; path: string | null },
  reference: PlaybookReference | undefined,
  flags: WaitFlags,
): Promise<Outcome> {
  if (started.execution_id === "") {
    throw new NoetlError("terminal", "E_ANSWER", "the server did not say which execution it started");
  }
  const named = reference && "path" in reference ? reference : undefined;
  const document: StartedDocument = {
    execution_id: started.execution_id,
    status: started.status,
    path: started.path ?? named?.path ?? null,
    ...(named?.version !== undefined && { version: named.version }),
  };
  if (!flags.wait && !flags.follow) return { started: document };
  return { started: document, ended: await conclude(surroundings, started.execution_id, flags) };
}

/** One merge for both runtimes (decision 36); declared values are only asked for when `--set` has to know their types. */
async function workloadOf(
  client: Client,
  reference: PlaybookReference,
  flags: WorkloadFlags,
): Promise<{ workload: JsonObject; merge: "deep" | "shallow"; warnings: string[] }> {
  const sets = flags.set ?? [];
  const setStrings = flags["set-string"] ?? [];
  const declared = sets.length + setStrings.length > 0 ? await declaredWorkload(client, reference) : {};
  const { payload, merge, warnings } = payloadOf({
    sets,
    setStrings,
    merge: flags.merge ?? false,
    declared,
    ...(flags.input !== undefined && { input: parseObject(await readText(flags.input), `--input ${flags.input}`) }),
    ...(flags.payload !== undefined && { payload: await readPayload(flags.payload) }),
  });
  return { workload: payload, merge, warnings };
}

async function declaredWorkload(client: Client, reference: PlaybookReference): Promise<JsonObject> {
  const { parsePlaybook } = await import("@noetl/playbook");
  const item = await client.catalog.get(reference);
  return parsePlaybook(item.content ?? "").playbook?.workload ?? {};
}
