import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Environment } from "@noetl/sdk";
import { goneError, type InstalledPlugin, pluginsFolder } from "@noetl/sdk/plugins";
import { changeRecord, withPlugin } from "./change.ts";
import { describeFolder } from "./describe.ts";
import { filesOf } from "./read-package.ts";

/** Uses a plugin where it is developed: nothing is copied, and what changes there holds from the next command on. */
export async function linkPlugin(env: Environment, folder: string, cwd: string): Promise<InstalledPlugin> {
  const path = resolve(cwd, folder);
  const plugin = await describeLink(path);
  await changeRecord(pluginsFolder(env), (plugins) => withPlugin(plugins, plugin));
  return plugin;
}

/** What there is of a linked plugin now. Code `PLUGIN_LOAD` when its folder is gone. */
export async function describeAgain({ name, folder }: InstalledPlugin, patienceMs?: number): Promise<InstalledPlugin> {
  const gone = goneError(name, folder);
  if (gone) throw gone;
  return describeLink(folder, patienceMs);
}

async function describeLink(folder: string, patienceMs?: number): Promise<InstalledPlugin> {
  const source = { kind: "link", spec: folder } as const;
  const plugin = await describeFolder(folder, { source, scripts: false }, patienceMs);
  return { ...plugin, stamp: stampOf(folder, plugin) };
}

/** Changes whenever a file does that the stored description was made from. */
export function stampOf(folder: string, plugin: Pick<InstalledPlugin, "commands" | "tools">): string {
  return filesOf({ commands: plugin.commands, tools: plugin.tools })
    .map((file) => {
      const found = statSync(join(folder, file), { throwIfNoEntry: false });
      return found ? `${Math.round(found.mtimeMs)}.${found.size}` : "-";
    })
    .join(" ");
}
