import type { Client } from "@noetl/client";
import { ensureError, isNoetlError, type JsonObject } from "@noetl/core";
import { type CredentialInput, parseCredentials } from "../credentials/parse.ts";
import type { FoundDocument } from "./document.ts";
import { expandEnvironment } from "./expand.ts";

/** What became of one document. */
export interface Registration {
  file: string;
  kind: string;
  status: "registered" | "valid" | "failed";
  path: string | null;
  version: number | null;
  id: string | null;
  error?: string;
  /** what is wrong with a playbook, each finding with its place and its lines */
  findings?: string;
}

export interface RegisterOptions {
  dryRun: boolean;
  /** kind of documents that do not say what they are */
  assumed: string;
  /** variables for `${NAME}` in credentials; absent: they are left as they are */
  env?: { readonly [name: string]: string | undefined };
  name?: string | undefined;
  type?: string | undefined;
}

/**
 * Registers every document, also after others failed (weakness 34). A server that cannot be reached or wants a session
 * ends it: the rest would fail the same way.
 */
export async function registerAll(
  client: Client,
  documents: readonly FoundDocument[],
  options: RegisterOptions,
): Promise<Registration[]> {
  const done: Registration[] = [];
  for (const document of documents) {
    const kind = document.kind ?? options.assumed;
    try {
      if (document.problem !== undefined) throw new Error(document.problem);
      done.push(
        ...(kind === "credential"
          ? await registerCredentials(client, document, options)
          : [await registerEntry(client, document, kind, options)]),
      );
    } catch (error) {
      if (endsAll(error)) throw error;
      const { file } = document;
      const findings = kind === "credential" || document.problem ? undefined : await findingsOf(document, kind);
      done.push({
        file,
        kind,
        status: "failed",
        path: null,
        version: null,
        id: null,
        error: ensureError(error).message,
        ...(findings && { findings }),
      });
    }
  }
  return done;
}

/** What this machine finds wrong with it: servers tell only the first thing, and not where. */
async function findingsOf({ file, text }: FoundDocument, kind: string): Promise<string | undefined> {
  const { formatDiagnostic, parseDocument } = await import("@noetl/playbook");
  const errors = parseDocument(text, { file, kind }).diagnostics.filter(({ severity }) => severity === "error");
  return errors.length === 0 ? undefined : errors.map((error) => formatDiagnostic(error, text)).join("\n");
}

function endsAll(error: unknown): boolean {
  return isNoetlError(error) && ["auth", "unavailable", "timeout", "cancelled"].includes(error.meaning);
}

async function registerEntry(
  client: Client,
  { file, text }: FoundDocument,
  kind: string,
  { dryRun }: RegisterOptions,
): Promise<Registration> {
  if (dryRun) {
    const { parseDocument } = await import("@noetl/playbook");
    const { diagnostics, document } = parseDocument(text, { file, kind });
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    if (errors.length > 0) throw new Error(errors.map(({ code, message }) => `${code} ${message}`).join("; "));
    return { file, kind, status: "valid", path: document.path ?? document.name ?? null, version: null, id: null };
  }
  const item = await client.catalog.register(text, kind.charAt(0).toUpperCase() + kind.slice(1));
  return {
    file,
    kind: item.kind || kind,
    status: "registered",
    path: item.path,
    version: item.version,
    id: item.catalog_id,
  };
}

async function registerCredentials(
  client: Client,
  { file, text }: FoundDocument,
  { dryRun, env, name, type }: RegisterOptions,
): Promise<Registration[]> {
  const done: Registration[] = [];
  for (const given of parseCredentials(text, file, { name, type })) {
    const input = env ? { ...given, data: expandEnvironment(given.data, env, `${file}: data`) as JsonObject } : given;
    const row = { file, kind: "credential", path: input.name, version: null };
    if (dryRun) done.push({ ...row, status: "valid", id: null });
    else done.push({ ...row, status: "registered", id: (await client.credentials.put(recordOf(input))).id });
  }
  return done;
}

export function recordOf(input: CredentialInput): JsonObject {
  return { ...input };
}
