import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ensureError, isObject, NoetlError } from "@noetl/core";
import type { Environment } from "./config-folder.ts";
import { type ContextPatch, KEYS } from "./context.ts";
import { withLock } from "./lock.ts";
import { type ContextsFile, configPath, contextNamed, contextsOf, type RawConfig, readRaw } from "./read.ts";

/** Changes to `config.yaml` while nobody else can change it. */
export interface ConfigDraft {
  /** as it was read */
  readonly file: ContextsFile;
  /** Makes the context when there is none of this name; null clears a field, undefined leaves it. */
  put(name: string, patch: ContextPatch): void;
  remove(name: string): void;
  rename(from: string, to: string): void;
  use(name: string | undefined): void;
  /** undefined clears */
  set(key: string, value: string | boolean | undefined): void;
}

/**
 * Reads, changes and writes `config.yaml`: atomically, mode 0600, sorted, with keys of other programs kept. Concurrent
 * edits wait for each other. Meanings: `validation` the file is broken, `not_found` unknown context.
 */
export async function editContexts<T>(env: Environment, edit: (draft: ConfigDraft) => T): Promise<T> {
  const path = configPath(env);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return withLock(`${path}.lock`, async () => {
    const raw = await readRaw(path);
    const result = edit(draftOf(path, raw));
    contextsOf(path, raw);
    await write(path, raw);
    return result;
  });
}

function draftOf(path: string, raw: RawConfig): ConfigDraft {
  const file = contextsOf(path, raw);
  const entries = section(raw, "contexts");
  return {
    file,
    put(name, patch) {
      const entry = isObject(entries[name]) ? entries[name] : {};
      entries[name] = entry;
      for (const [field, value] of Object.entries(patch)) {
        const key = KEYS[field as keyof ContextPatch];
        if (value === null || (field === "gateway" && value === "auto")) delete entry[key];
        else if (value !== undefined) entry[key] = value;
      }
    },
    remove(name) {
      contextNamed(file, name);
      delete entries[name];
      if (raw.current_context === name) delete raw.current_context;
    },
    rename(from, to) {
      contextNamed(file, from);
      if (entries[to] !== undefined) {
        throw new NoetlError("conflict", "CONTEXT_EXISTS", `there is a context '${to}' already`);
      }
      entries[to] = entries[from];
      delete entries[from];
      if (raw.current_context === from) raw.current_context = to;
    },
    use(name) {
      if (name === undefined) delete raw.current_context;
      else raw.current_context = name;
    },
    set(key, value) {
      const settings = section(raw, "settings");
      if (value === undefined) delete settings[key];
      else settings[key] = value;
    },
  };
}

function section(raw: RawConfig, key: string): RawConfig {
  if (!isObject(raw[key])) raw[key] = {};
  return raw[key] as RawConfig;
}

async function write(path: string, raw: RawConfig): Promise<void> {
  if (Object.keys(section(raw, "settings")).length === 0) delete raw.settings;
  const { stringify } = await import("yaml");
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, stringify(raw, { sortMapEntries: true, lineWidth: 0 }), { mode: 0o600 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new NoetlError("terminal", "E_CONFIG", `cannot write ${path}: ${ensureError(error).message}`, {
      cause: error,
      hint: "NOETL_CONFIG names another file, NOETL_HOME another folder",
    });
  }
}
