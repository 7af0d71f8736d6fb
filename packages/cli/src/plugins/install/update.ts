import { ensureError } from "@noetl/core";
import type { Environment } from "@noetl/sdk";
import { type InstalledPlugin, pluginsFolder, readPlugins } from "@noetl/sdk/plugins";
import { changeRecord, withPlugin } from "./change.ts";
import { type InstallOptions, installPlugin } from "./install.ts";
import { describeAgain } from "./link.ts";
import { findPlugin } from "./remove.ts";

export interface Update {
  name: string;
  from: string;
  to?: string;
  error?: string;
}

/**
 * Brings one plugin or all to what their source has now: of npm the newest version that was asked for, of a folder or
 * archive what it holds, of a link its description. One that fails stays as it was and stops no other.
 */
export async function updatePlugins(
  env: Environment,
  name: string | undefined,
  { note, signal }: Pick<InstallOptions, "note" | "signal">,
): Promise<Update[]> {
  const chosen = name === undefined ? readPlugins(env).plugins : [findPlugin(env, name)];
  const done: Update[] = [];
  for (const before of chosen) {
    try {
      const after = await updated(env, before, { note, signal });
      done.push({ name: before.name, from: before.version, to: after.version });
    } catch (error) {
      if (name !== undefined || signal.aborted) throw error;
      done.push({ name: before.name, from: before.version, error: ensureError(error).message });
    }
  }
  return done;
}

async function updated(
  env: Environment,
  before: InstalledPlugin,
  how: Pick<InstallOptions, "note" | "signal">,
): Promise<InstalledPlugin> {
  if (before.source.kind !== "link") {
    return installPlugin({ env, source: before.source, allowScripts: before.scripts, ...how, before });
  }
  const plugin = await describeAgain(before);
  await changeRecord(pluginsFolder(env), (plugins) => withPlugin(plugins, plugin));
  return plugin;
}
