import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureError, isObject, NoetlError } from "@noetl/core";
import { configFolder, type Environment } from "./config-folder.ts";
import { type Context, contextOf } from "./context.ts";
import { type Settings, settingsOf } from "./settings.ts";

export interface ContextsFile {
  path: string;
  current?: string;
  contexts: ReadonlyMap<string, Context>;
  settings: Settings;
}

/** A map as it stands in the file; keys we do not know are kept when it is written. */
export type RawConfig = { [key: string]: unknown };

/** `NOETL_CONFIG`, else `config.yaml` in the folder of settings. */
export function configPath(env: Environment): string {
  return env.NOETL_CONFIG || join(configFolder(env), "config.yaml");
}

/**
 * Reads `config.yaml`; a missing file is an empty configuration. Throws meaning `validation` when it is broken, so
 * that only commands that need a context fail.
 */
export async function readContexts(env: Environment): Promise<ContextsFile> {
  const path = configPath(env);
  return contextsOf(path, await readRaw(path));
}

export async function readRaw(path: string): Promise<RawConfig> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw new NoetlError("terminal", "E_CONFIG", `cannot read ${path}: ${error.message}`, { cause: error });
  });
  if (text.trim() === "") return {};
  const { parse } = await import("yaml");
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw broken(path, ensureError(error).message);
  }
  if (document === null) return {};
  if (!isObject(document)) throw broken(path, "the document is not a map");
  return document;
}

export function contextsOf(path: string, raw: RawConfig): ContextsFile {
  const listed = isObject(raw.contexts) ? raw.contexts : {};
  try {
    const contexts = new Map(
      Object.entries(listed).map(([name, entry]) => [name, contextOf(name, isObject(entry) ? entry : {})]),
    );
    const settings = settingsOf(isObject(raw.settings) ? raw.settings : {});
    const current = typeof raw.current_context === "string" ? { current: raw.current_context } : {};
    return { path, contexts, settings, ...current };
  } catch (error) {
    throw broken(path, ensureError(error).message);
  }
}

/** The context of this name. Meaning `not_found`, with those there are. */
export function contextNamed(file: ContextsFile, name: string): Context {
  const context = file.contexts.get(name);
  if (context) return context;
  const known = [...file.contexts.keys()].sort();
  throw new NoetlError("not_found", "CONTEXT_NOT_FOUND", `there is no context '${name}'`, {
    hint:
      known.length > 0
        ? `known contexts: ${known.join(", ")}`
        : `none is set up in ${file.path}; noetl context add ${name} --server-url URL makes one`,
  });
}

function broken(path: string, message: string): NoetlError {
  return new NoetlError("validation", "E_CONFIG", `${path}: ${message}`, { hint: "mend the file or move it away" });
}
