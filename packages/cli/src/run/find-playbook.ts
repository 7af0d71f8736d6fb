import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { NoetlError } from "@noetl/core";
import { parsePlaybook } from "@noetl/playbook";
import { type PlaybookReference, playbookReference } from "@noetl/plugin-catalog/executions";
import { loadFile, resolveReference } from "@noetl/runner";
import type { Runtime } from "@noetl/sdk";
import type { Registry } from "@noetl/tools";

export interface PlaybookChoice {
  /** relative to the current folder when it is inside, so that messages name it shortly; `-` = stdin */
  file: string;
  target?: string;
}

export type RunChoice =
  | { on: "here"; choice: PlaybookChoice }
  /** a playbook of the catalog; `bare` when REF is a single word, which is more often a mistyped file */
  | { on: "server"; reference: PlaybookReference; bare: boolean }
  /** a file whose playbook runs on the server */
  | { on: "server"; file: string };

/**
 * What `noetl run REF TARGET` means and where it runs (decision 14): a file here, a catalog path on the server; `-r` forces;
 * the playbook's `executor.profile` decides when it is set, then the runtime of the context. Meanings: `not_found` nothing
 * answers to REF, `validation` the flags contradict each other.
 */
export async function findPlaybook(options: {
  ref: string | undefined;
  target: string | undefined;
  version: string | undefined;
  runtime: Runtime;
  /** asked only when flag and playbook leave it open */
  contextRuntime(): Promise<Runtime>;
  cwd: string;
  registry: Registry;
}): Promise<RunChoice> {
  const { ref, target, runtime, cwd, registry } = options;
  if (ref === "-") {
    if (runtime === "distributed") throw new NoetlError("validation", "E_RUNTIME", "stdin runs on this machine only");
    return { on: "here", choice: { file: "-", ...(target !== undefined && { target }) } };
  }
  const hasStep = async (file: string, step: string) => (await loadFile(file, registry)).plan.steps.has(step);
  const found = await resolveReference(ref, target, cwd, hasStep);
  if (!found) {
    throw new NoetlError("not_found", "E_FILE_MISSING", "there is no noetl.yaml or main.yaml in this folder", {
      hint: "name a playbook: noetl run FILE",
    });
  }
  if (found.kind === "catalog") return onServer(options, ref ?? "");
  const inside = relative(cwd, found.path);
  const file = inside.startsWith("..") ? found.path : inside;
  if (runtime === "distributed" || (runtime === "auto" && (await prefersServer(found.path, options.contextRuntime)))) {
    return { on: "server", file };
  }
  return { on: "here", choice: { file, ...(found.target !== undefined && { target: found.target }) } };
}

function onServer({ runtime, version, target }: Parameters<typeof findPlaybook>[0], ref: string): RunChoice {
  const reference = playbookReference(ref, version);
  // An id is no mistyped file.
  const bare = !("catalog_id" in reference) && !/[\\/@]/.test(ref) && version === undefined;
  if (runtime === "local") {
    if (bare) throw nothingHere(ref);
    throw new NoetlError("validation", "E_RUNTIME", `'${ref}' is in a catalog, and -r local runs files only`, {
      hint: `noetl catalog get ${ref} --content > playbook.yaml makes a file of it`,
    });
  }
  if (target !== undefined) {
    throw new NoetlError("validation", "E_RUNTIME", "a step to start at can be chosen for files only", {
      hint: `'${ref}' is no file`,
    });
  }
  return { on: "server", reference, bare };
}

export function nothingHere(ref: string): NoetlError {
  return new NoetlError("not_found", "E_FILE_MISSING", `there is no playbook '${ref}' here`, {
    hint: "a file, NAME.yaml, automation/NAME.yaml, or a step of ./noetl.yaml is looked for",
  });
}

async function prefersServer(path: string, contextRuntime: () => Promise<Runtime>): Promise<boolean> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    // What is wrong with the file is told when it is run.
    if (error.syscall !== undefined) return "";
    throw error;
  });
  // Parsed twice only when the text can say something about it.
  const profile = /\bprofile\b/.test(text) ? parsePlaybook(text).playbook?.executor.profile : undefined;
  if (profile === "distributed" || profile === "local") return profile === "distributed";
  return (await contextRuntime()) === "distributed";
}
