import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { ensureError, isObject, type JsonObject } from "@noetl/core";
import type { Effect, ToolSpec } from "@noetl/tools/define";
import type { Environment } from "../../contexts/config-folder.ts";
import type { HookEvent } from "../hooks.ts";
import { pluginsFolder } from "./folder.ts";
import type { PluginPart } from "./load.ts";

/** What is known of a tool kind without loading it: enough for `validate`, `plan` and `schema`. */
export interface StoredTool extends Omit<ToolSpec, "effects" | "available" | "kind"> {
  file: string;
  effect: Effect;
  pure?: boolean;
  idempotent?: boolean;
}

/** What is known of a command without loading it: enough for help and completion. */
export interface StoredCommand {
  summary: string;
  file: string;
  /** description, examples, args and flags, as oclif draws them */
  help: JsonObject;
}

export interface PluginSource {
  kind: "npm" | "folder" | "tarball" | "link";
  /** what was given to npm; an absolute path unless `npm` */
  spec: string;
}

/** One installed plugin as it was when it was installed, linked or, for a link, last changed. */
export interface InstalledPlugin {
  name: string;
  version: string;
  description?: string;
  /** absolute, or relative to the folder of plugins */
  folder: string;
  source: PluginSource;
  /** of the package, as npm knows it */
  integrity?: string;
  /** of the files as they were installed, dependencies included; none of a link */
  digest?: string;
  /** were install scripts allowed? */
  scripts: boolean;
  /** state of the files of a link when they were read */
  stamp?: string;
  /** why a link could not be read when its files had changed; what is stored is from before */
  problem?: string;
  commands: { [id: string]: StoredCommand };
  topics: { [topic: string]: string };
  tools: { [kind: string]: StoredTool };
  hooks: { [event in HookEvent]?: string };
}

export interface PluginRecord {
  plugins: InstalledPlugin[];
  /** what is wrong with the record itself */
  problem?: string;
}

const VERSION = 1;

/**
 * The plugins of this machine: one small file, read without loading any of them. `NOETL_PLUGINS=off` means none. A file
 * that cannot be read means none as well, and says why: it must not break what needs no plugin.
 */
export function readPlugins(env: Environment): PluginRecord {
  if (env.NOETL_PLUGINS === "off" || env.NOETL_PLUGINS === "0") return { plugins: [] };
  return readRecord(pluginsFolder(env));
}

export function readRecord(folder: string): PluginRecord {
  const path = recordFile(folder);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? { plugins: [] } : { plugins: [], problem: message };
  }
  try {
    const content: unknown = JSON.parse(text);
    const list = isObject(content) && content.version === VERSION ? content.plugins : undefined;
    if (!Array.isArray(list)) return { plugins: [], problem: `${path} is not a list of plugins` };
    const plugins = list.filter(isPlugin);
    const lost = list.length - plugins.length;
    return lost === 0 ? { plugins } : { plugins, problem: `${path}: ${lost} of ${list.length} entries are broken` };
  } catch (error) {
    return { plugins: [], problem: `${path}: ${ensureError(error).message}` };
  }
}

/** Replaces the record in one step. */
export function writeRecord(folder: string, plugins: readonly InstalledPlugin[]): void {
  mkdirSync(folder, { recursive: true });
  const path = recordFile(folder);
  const sorted = [...plugins].sort((a, b) => (a.name < b.name ? -1 : 1));
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify({ version: VERSION, plugins: sorted }, null, 1)}\n`);
  renameSync(fresh, path);
}

/** Where the files of a plugin are. */
export function folderOf(env: Environment, { folder }: InstalledPlugin): string {
  return isAbsolute(folder) ? folder : join(pluginsFolder(env), folder);
}

/** A module of a plugin, as it is loaded. */
export function partOf(env: Environment, plugin: InstalledPlugin, file: string): PluginPart {
  return { plugin: plugin.name, folder: folderOf(env, plugin), file };
}

function recordFile(folder: string): string {
  return join(folder, "plugins.json");
}

function isPlugin(value: unknown): value is InstalledPlugin {
  if (!isObject(value) || typeof value.name !== "string" || typeof value.folder !== "string") return false;
  // What is below it is removed with the plugin.
  if (!isAbsolute(value.folder) && value.folder.split(/[\\/]/).includes("..")) return false;
  if (!isObject(value.source) || typeof value.version !== "string") return false;
  const { commands, topics, tools, hooks } = value;
  return (
    isObject(commands) &&
    Object.values(commands).every((one) => isObject(one) && isObject(one.help) && typeof one.file === "string") &&
    isObject(topics) &&
    isObject(tools) &&
    Object.values(tools).every((one) => isObject(one) && isObject(one.schema) && Array.isArray(one.required)) &&
    isObject(hooks)
  );
}
