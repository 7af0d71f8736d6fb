import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isObject, NoetlError } from "@noetl/core";
import type { Environment } from "@noetl/sdk";
import { type InstalledPlugin, type PluginSource, pluginsFolder, readPlugins } from "@noetl/sdk/plugins";
import { changeRecord, withPlugin } from "./change.ts";
import { describeFolder } from "./describe.ts";
import { digestOf } from "./digest.ts";
import { stagingFolder, swapFolder } from "./folders.ts";
import { runNpm } from "./npm.ts";

export interface InstallOptions {
  env: Environment;
  source: PluginSource;
  allowScripts: boolean;
  note(text: string): void;
  signal: AbortSignal;
  /** for `update`: what is replaced */
  before?: InstalledPlugin;
}

/**
 * Installs into a folder of the plugin's own, with its own dependencies and lock file, beside which it is first built
 * and checked: whatever goes wrong leaves everything as it was. Codes of `runNpm`, `readPackage`, `PLUGIN_LOAD`,
 * `PLUGIN_CONFLICT`, `PLUGIN_INTEGRITY`.
 */
export async function installPlugin(options: InstallOptions): Promise<InstalledPlugin> {
  const { env, source, allowScripts, note, signal } = options;
  const home = pluginsFolder(env);
  const staging = await stagingFolder(home);
  try {
    await writeFile(join(staging, "package.json"), '{ "private": true }\n');
    const scripts = allowScripts ? "--ignore-scripts=false" : "--ignore-scripts";
    // A folder is packed and copied as it would be published; npm would only link it otherwise.
    const args = ["install", scripts, "--install-links", "--save-exact", "--", source.spec];
    await runNpm(args, { env, folder: staging, note, signal });
    const installed = await installedName(staging);
    const integrity = await integrityOf(staging, installed);
    const inside = join("node_modules", installed);
    const plugin = await describeFolder(join(staging, inside), { source, scripts: allowScripts, integrity });
    refuseSwap(plugin, options.before ?? publishedBefore(env, plugin));
    const own = plugin.name.replace("/", "+");
    const stored = { ...plugin, folder: join(own, inside), digest: await digestOf(staging) };
    await changeRecord(home, (plugins) => {
      signal.throwIfAborted();
      const changed = withPlugin(plugins, stored);
      swapFolder(home, staging, own);
      return changed;
    });
    return stored;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Where npm writes down what it was asked for; `save-dev` and its like in a user's settings choose another. */
const SECTIONS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/** The one thing that npm was asked for. */
async function installedName(folder: string): Promise<string> {
  const content: unknown = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const sections = SECTIONS.map((key) => (isObject(content) ? content[key] : undefined)).filter(isObject);
  const [name] = sections.flatMap(Object.keys);
  if (name !== undefined) return name;
  throw new NoetlError("terminal", "NPM_FAILED", "npm installed nothing");
}

async function integrityOf(folder: string, name: string): Promise<string | undefined> {
  const lock: unknown = JSON.parse(await readFile(join(folder, "package-lock.json"), "utf8"));
  const entry = isObject(lock) && isObject(lock.packages) ? lock.packages[`node_modules/${name}`] : undefined;
  return isObject(entry) && typeof entry.integrity === "string" ? entry.integrity : undefined;
}

/** What a registry gave under this name; a file or folder that a person names anew is meant as it is. */
function publishedBefore(env: Environment, { name, source }: InstalledPlugin): InstalledPlugin | undefined {
  const before = readPlugins(env).plugins.find((plugin) => plugin.name === name);
  return source.kind === "npm" && before?.source.kind === "npm" ? before : undefined;
}

/** A published version never changes; when it did, somebody put other code under its name. */
function refuseSwap(plugin: InstalledPlugin, before: InstalledPlugin | undefined): void {
  if (before?.version !== plugin.version || before.name !== plugin.name) return;
  if (before.integrity === undefined || before.integrity === plugin.integrity) return;
  throw new NoetlError(
    "conflict",
    "PLUGIN_INTEGRITY",
    `${plugin.name}@${plugin.version} is not what was installed before under that version`,
    { hint: "nothing was changed; ask its author; noetl plugins uninstall and install accept what there is now" },
  );
}
