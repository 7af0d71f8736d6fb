import { ensureError } from "@noetl/core";
import type { Environment } from "@noetl/sdk";
import { type InstalledPlugin, pluginsFolder, readPlugins } from "@noetl/sdk/plugins";
import { changeRecord, withPlugin } from "./change.ts";
import { describeLink, stampOf } from "./link.ts";

/**
 * Reads links again whose files changed, so that an author sees a new key in `validate` without linking once more. One
 * that does not load keeps what was known of it, and `note` says why.
 */
export async function refreshLinks(
  env: Environment,
  note: (text: string) => void,
  plugins = readPlugins(env).plugins,
): Promise<InstalledPlugin[]> {
  const fresh = await Promise.all(
    plugins.map(async (plugin) => {
      if (plugin.source.kind !== "link" || stampOf(plugin.folder, plugin) === plugin.stamp) return plugin;
      try {
        const read = await describeLink(plugin.folder);
        await changeRecord(pluginsFolder(env), (all) => withPlugin(all, read));
        return read;
      } catch (error) {
        note(`plugin ${plugin.name} as it is now cannot be used: ${ensureError(error).message}`);
        return plugin;
      }
    }),
  );
  return fresh;
}
