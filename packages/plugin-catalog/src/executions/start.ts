import type { CatalogItem, Client, ExecuteInput } from "@noetl/client";
import { isNoetlError, type JsonObject, NoetlError } from "@noetl/core";
import { parseObject, payloadOf, readPayload, readText } from "@noetl/sdk/payload";
import { meantHint } from "../catalog/entry.ts";
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
 * unknown playbook or version. `registered` is the id that a registration just gave the version.
 */
export async function startRemote(
  surroundings: Surroundings,
  reference: PlaybookReference,
  flags: WorkloadFlags & WaitFlags,
  registered?: string | null,
): Promise<Outcome> {
  const { client } = surroundings;
  const unknown = async (error: unknown): Promise<never> => {
    throw isNoetlError(error) && error.meaning === "not_found"
      ? await unknownPlaybook(client, reference, error)
      : error;
  };
  const sets = (flags.set ?? []).length + (flags["set-string"] ?? []).length > 0;
  const unsure = registered === undefined && isPinned(reference) ? reference : undefined;
  const entry = sets || unsure ? await client.catalog.get(reference).catch(unknown) : undefined;
  const catalogId = entry && unsure ? pinnedId(client, unsure, entry) : registered;
  const { workload, merge, warnings } = await workloadOf(entry, flags);
  for (const warning of warnings) surroundings.note(warning);
  const input: ExecuteInput = { ...reference, ...(catalogId && { catalog_id: catalogId }), workload, merge };
  const started = await client.executions.start(input).catch(unknown);
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

async function unknownPlaybook(client: Client, reference: PlaybookReference, cause: NoetlError): Promise<NoetlError> {
  const text = `${client.endpoint.url} has no playbook '${referenceText(reference)}'`;
  return new NoetlError("not_found", "PLAYBOOK_NOT_FOUND", text, {
    cause,
    hint:
      (await meantHint(client, reference)) ??
      "noetl catalog list shows those it has; noetl register playbook FILE adds one",
  });
}

type Pinned = { path: string; version: number };

function isPinned(reference: PlaybookReference): reference is Pinned {
  return "path" in reference && typeof reference.version === "number";
}

/** Servers of one generation start the latest whatever version they are given; none overlooks the id of an entry. */
function pinnedId(client: Client, reference: Pinned, { version, catalog_id }: CatalogItem): string | null {
  if (version !== reference.version) {
    const text = `${client.endpoint.url} answers version ${version ?? "?"} when it is asked for '${referenceText(reference)}'`;
    throw new NoetlError("not_found", "VERSION_IGNORED", text, {
      hint: `noetl catalog list --all-versions --path ${reference.path} shows which there are`,
    });
  }
  return catalog_id;
}

/** One merge for both runtimes (decision 36); `entry` is asked for only when `--set` has to know the declared types. */
async function workloadOf(
  entry: CatalogItem | undefined,
  flags: WorkloadFlags,
): Promise<{ workload: JsonObject; merge: "deep" | "shallow"; warnings: string[] }> {
  const { payload, merge, warnings } = payloadOf({
    sets: flags.set ?? [],
    setStrings: flags["set-string"] ?? [],
    merge: flags.merge ?? false,
    declared: await declaredWorkload(entry),
    ...(flags.input !== undefined && { input: parseObject(await readText(flags.input), `--input ${flags.input}`) }),
    ...(flags.payload !== undefined && { payload: await readPayload(flags.payload) }),
  });
  return { workload: payload, merge, warnings };
}

async function declaredWorkload(entry: CatalogItem | undefined): Promise<JsonObject> {
  if (entry === undefined) return {};
  const { parsePlaybook } = await import("@noetl/playbook");
  return parsePlaybook(entry.content ?? "").playbook?.workload ?? {};
}
