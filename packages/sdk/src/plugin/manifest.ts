import { isObject, NoetlError, nearest } from "@noetl/core";
import { HOOK_EVENTS, type HookEvent } from "./hooks.ts";

/** The interface between plugins and the program. A plugin names the one it was made for. */
export const PLUGIN_API = 1;

/** `noetl` in the `package.json` of a plugin. Files are relative to it and start with `./`. */
export interface PluginManifest {
  api: number;
  /** id (words joined by `:`) → one line for `noetl --help`, and the module whose default export is the command */
  commands: { [id: string]: { summary: string; file: string } };
  /** first word of ids → one line for `noetl --help` */
  topics: { [topic: string]: string };
  /** tool kind → the module whose default export is the tool */
  tools: { [kind: string]: { file: string } };
  /** event → the module whose default export is called with what happened */
  hooks: { [event in HookEvent]?: string };
}

const COMMAND_ID = /^[a-z][a-z0-9-]*(:[a-z][a-z0-9-]*)*$/;
const TOPIC = /^[a-z][a-z0-9-]*$/;
const KIND = /^[a-z][a-z0-9_.-]*$/;
const KEYS = ["api", "commands", "topics", "tools", "hooks"];

/**
 * Reads `noetl` of a `package.json`. Everything that is wrong is said at once: meaning `validation`, code
 * `PLUGIN_MANIFEST`; `PLUGIN_API` when it was made for another version of the interface.
 */
export function readManifest(value: unknown, plugin: string): PluginManifest {
  const problems: string[] = [];
  if (!isObject(value)) throw invalid(plugin, ["package.json has no section 'noetl'"]);
  for (const key of Object.keys(value)) {
    if (KEYS.includes(key)) continue;
    const meant = nearest(key, KEYS);
    problems.push(`'${key}' is not known${meant ? `, did you mean '${meant}'?` : ""}`);
  }
  if (value.api !== PLUGIN_API) {
    throw new NoetlError(
      "validation",
      "PLUGIN_API",
      `plugin '${plugin}' is made for plugin interface ${JSON.stringify(value.api)}, this program has ${PLUGIN_API}`,
      { hint: value.api === undefined ? `write "api": ${PLUGIN_API} into 'noetl'` : "update noetl or the plugin" },
    );
  }
  const manifest: PluginManifest = { api: PLUGIN_API, commands: {}, topics: {}, tools: {}, hooks: {} };
  for (const [id, entry] of entriesOf(value, "commands", problems)) {
    if (!COMMAND_ID.test(id)) problems.push(`command '${id}': words of a-z, 0-9 and -, joined by :`);
    const summary = line(entry, "summary", `command '${id}'`, problems);
    manifest.commands[id] = { summary, file: fileOf(entry, `command '${id}'`, problems) };
  }
  for (const [topic, summary] of entriesOf(value, "topics", problems)) {
    if (!TOPIC.test(topic)) problems.push(`topic '${topic}': one word of a-z, 0-9 and -`);
    manifest.topics[topic] = line({ summary }, "summary", `topic '${topic}'`, problems);
  }
  for (const [kind, entry] of entriesOf(value, "tools", problems)) {
    if (!KIND.test(kind)) problems.push(`tool '${kind}': a-z, 0-9, _, . and -`);
    manifest.tools[kind] = { file: fileOf(entry, `tool '${kind}'`, problems) };
  }
  for (const [event, file] of entriesOf(value, "hooks", problems)) {
    const known = HOOK_EVENTS.find((one) => one === event);
    if (known) manifest.hooks[known] = fileOf({ file }, `hook '${event}'`, problems);
    else problems.push(`hook '${event}' is not known; there are ${HOOK_EVENTS.join(", ")}`);
  }
  if (problems.length > 0) throw invalid(plugin, problems);
  return manifest;
}

function entriesOf(manifest: Record<string, unknown>, key: string, problems: string[]): [string, unknown][] {
  const section = manifest[key];
  if (section === undefined) return [];
  if (isObject(section)) return Object.entries(section);
  problems.push(`'${key}' must be a map`);
  return [];
}

function line(entry: unknown, key: string, where: string, problems: string[]): string {
  const value = isObject(entry) ? entry[key] : undefined;
  if (typeof value === "string" && value.trim() !== "" && !/[\r\n]/.test(value)) return value.trim();
  problems.push(`${where} needs a ${key} of one line`);
  return "";
}

function fileOf(entry: unknown, where: string, problems: string[]): string {
  const file = isObject(entry) ? entry.file : undefined;
  if (typeof file === "string" && file.startsWith("./") && !file.split(/[\\/]/).includes("..")) return file;
  problems.push(`${where} needs a file inside the plugin, written './…'`);
  return "";
}

function invalid(plugin: string, problems: readonly string[]): NoetlError {
  return new NoetlError("validation", "PLUGIN_MANIFEST", `plugin '${plugin}': ${problems.join("; ")}`, {
    hint: "docs/plugins.md describes the section 'noetl' of package.json",
    data: [...problems],
  });
}
