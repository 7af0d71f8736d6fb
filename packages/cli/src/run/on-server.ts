import type { Client } from "@noetl/client";
import { isNoetlError, NoetlError } from "@noetl/core";
import { describePlan } from "@noetl/playbook";
import {
  type Outcome,
  type PlaybookReference,
  referenceText,
  type Surroundings,
  startRemote,
  type WaitFlags,
  type WorkloadFlags,
} from "@noetl/plugin-catalog/executions";
import { type Loaded, loadFile, loadText } from "@noetl/runner";
import type { ServerChoice } from "@noetl/sdk";
import type { Registry } from "@noetl/tools";
import { planText } from "../playbooks/plan-text.ts";
import { nothingHere, type RunChoice } from "./find-playbook.ts";

export type ServerRun = Extract<RunChoice, { on: "server" }>;

const LOCAL_ONLY = [
  "credential",
  "concurrency",
  "sequential",
  "resume",
  "from",
  "keep-changed",
  "inherit-workload",
  "skip-unsupported",
  "events",
  "trace",
] as const;
const SERVER_ONLY = ["version", "register"] as const;

type Given = { readonly [flag: string]: unknown };

/** A flag that would change nothing is refused. Meaning `validation`. */
export function refuseLocalFlags(flags: Given): void {
  refuse(flags, LOCAL_ONLY, "goes with runs on this machine, and this one goes to the server");
}

export function refuseServerFlags(flags: Given): void {
  refuse(flags, SERVER_ONLY, "goes with runs on a server, and this one runs here");
}

function refuse(flags: Given, names: readonly string[], why: string): void {
  const given = names.find((name) => flags[name] !== undefined && flags[name] !== false);
  if (given !== undefined) throw new NoetlError("validation", "E_RUNTIME", `--${given} ${why}`);
}

/** Starts the playbook on the server; a file is registered first with `--register`, else the catalog's text counts. */
export async function runOnServer(
  surroundings: Surroundings & { server: ServerChoice; registry: Registry },
  run: ServerRun,
  flags: WorkloadFlags & WaitFlags & { register: boolean; quiet: boolean },
): Promise<Outcome> {
  const { client, server, registry, note } = surroundings;
  try {
    const { reference, registered } =
      "file" in run
        ? await referenceOfFile(client, run.file, { registry, register: flags.register, note })
        : { reference: run.reference };
    if (!flags.quiet) note(`${referenceText(reference)} on ${server.url} (${server.source})`);
    return await startRemote(surroundings, reference, flags, registered);
  } catch (error) {
    throw "reference" in run && run.bare ? orNothingHere(error, server, referenceText(run.reference)) : error;
  }
}

/** Nobody set a server up and none is there: the word was meant as a file. */
function orNothingHere(error: unknown, server: ServerChoice, ref: string): unknown {
  const away = isNoetlError(error) && error.code === "SERVER_UNREACHABLE" && server.source === "default";
  return away ? nothingHere(ref) : error;
}

async function referenceOfFile(
  client: Client,
  file: string,
  { registry, register, note }: { registry: Registry; register: boolean; note(text: string): void },
): Promise<{ reference: PlaybookReference; registered?: string | null }> {
  const { text, playbook } = await loadFile(file, registry);
  if (register) {
    const { path, version, catalog_id } = await client.catalog.register(text);
    return { reference: version === null ? { path } : { path, version }, registered: catalog_id };
  }
  const path = playbook.metadata.path ?? playbook.metadata.name;
  const known = await client.catalog.get({ path }).catch((error: unknown) => {
    if (!isNoetlError(error) || error.meaning !== "not_found") throw error;
    throw new NoetlError("not_found", "PLAYBOOK_NOT_FOUND", `the server has no playbook '${path}' of ${file}`, {
      cause: error,
      hint: "--register registers the file first",
    });
  });
  if (known.content !== null && known.content.trim() !== text.trim()) {
    note(`${file} differs from what the server has as ${path}@${known.version ?? "?"}; --register registers it first`);
  }
  return { reference: { path } };
}

/** What would be started: the entry has to be there, and its text has to be valid. */
export async function dryRunOnServer(
  client: Client,
  run: ServerRun,
  registry: Registry,
  show: (text: string) => void,
): Promise<unknown> {
  let loaded: Loaded;
  let shown: string;
  if ("file" in run) {
    loaded = await loadFile(run.file, registry);
    shown = run.file;
  } else {
    const item = await client.catalog.get(run.reference);
    shown = `${item.path}@${item.version ?? "?"}`;
    loaded = loadText(item.content ?? "", { file: null, shown, registry });
  }
  const plan = describePlan(loaded.playbook, registry);
  show(`${planText(plan)}\n\nServer  ${client.endpoint.url}`);
  return { dry_run: true, playbook: shown, server_url: client.endpoint.url, plan };
}
