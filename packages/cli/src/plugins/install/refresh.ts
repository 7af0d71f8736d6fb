import { ensureError } from "@noetl/core";
import type { Environment } from "@noetl/sdk";
import { type InstalledPlugin, pluginsFolder, readPlugins } from "@noetl/sdk/plugins";
import { changeRecord, withPlugin } from "./change.ts";
import { describeAgain, stampOf } from "./link.ts";

/** Shorter than at installation: another command waits for it. */
const PATIENCE_MS = 5_000;

/**
 * Reads links again whose files changed, so that an author sees a new key in `validate` without linking once more. One
 * that does not load keeps what was known of it; `note` says why once, and it is tried again after its next change.
 */
export async function refreshLinks(
  env: Environment,
  note: (text: string) => void,
  plugins: readonly InstalledPlugin[] = readPlugins(env).plugins,
): Promise<InstalledPlugin[]> {
  return Promise.all(
    plugins.map(async (plugin) => {
      if (plugin.source.kind !== "link" || stampOf(plugin.folder, plugin) === plugin.stamp) return plugin;
      const { fresh, problem } = await readAgain(plugin);
      try {
        await changeRecord(pluginsFolder(env), (all) => withPlugin(all, fresh));
      } catch (error) {
        note(`plugin ${plugin.name}: ${ensureError(error).message}`);
        return plugin;
      }
      if (problem !== undefined) note(`plugin ${plugin.name} is used as it was before its last change: ${problem}`);
      return fresh;
    }),
  );
}

async function readAgain(plugin: InstalledPlugin): Promise<{ fresh: InstalledPlugin; problem?: string }> {
  try {
    return { fresh: await describeAgain(plugin, PATIENCE_MS) };
  } catch (error) {
    const problem = ensureError(error).message;
    return { fresh: { ...plugin, stamp: stampOf(plugin.folder, plugin), problem }, problem };
  }
}
