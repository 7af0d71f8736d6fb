import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { NoetlError } from "@noetl/core";
import { type InstalledPlugin, readRecord, withLock, writeRecord } from "@noetl/sdk/plugins";
import { conflictsOf } from "../conflicts.ts";
import { recoverFolders, sweepFolders } from "./folders.ts";

/** Changes the record while no other process does, and what lies around of changes that were cut off goes. A record that cannot be read is never overwritten. */
export async function changeRecord(
  folder: string,
  change: (plugins: readonly InstalledPlugin[]) => readonly InstalledPlugin[] | Promise<readonly InstalledPlugin[]>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await withLock(join(folder, "plugins.lock"), async () => {
    const { plugins, problem } = readRecord(folder);
    if (problem !== undefined) {
      throw new NoetlError("terminal", "PLUGIN_RECORD", `the list of plugins cannot be read: ${problem}`, {
        hint: `mend or remove ${join(folder, "plugins.json")}, then install the plugins again`,
      });
    }
    await recoverFolders(folder, plugins);
    const changed = await change(plugins);
    writeRecord(folder, changed);
    await sweepFolders(folder, changed);
  });
}

/** The others and this one. Meaning `conflict`, code `PLUGIN_CONFLICT`, when it cannot stand beside them. */
export function withPlugin(plugins: readonly InstalledPlugin[], plugin: InstalledPlugin): InstalledPlugin[] {
  const others = plugins.filter(({ name }) => name !== plugin.name);
  const conflicts = conflictsOf(plugin, others);
  if (conflicts.length === 0) return [...others, plugin];
  throw new NoetlError("conflict", "PLUGIN_CONFLICT", `plugin '${plugin.name}': ${conflicts.join("; ")}`, {
    hint: "nothing was changed; the plugin has to use other names",
  });
}
