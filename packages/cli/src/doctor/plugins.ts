import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "@noetl/sdk";
import { folderOf, readPlugins } from "@noetl/sdk/plugins";
import { isChanged } from "../plugins/install/digest.ts";
import { summaryOf } from "../plugins/view.ts";
import type { Check } from "./check.ts";

/** Plugins as they are stored; none is loaded. */
export async function checkPlugins(env: Environment): Promise<Check> {
  const id = "plugins";
  const { plugins, problem } = readPlugins(env);
  if (problem !== undefined) {
    return { id, status: "fail", detail: problem, hint: "mend or remove it, then install the plugins again" };
  }
  const changed = await Promise.all(plugins.map((plugin) => isChanged(env, plugin)));
  const troubles = plugins.flatMap((plugin, index) => {
    const { hidden } = summaryOf(plugin);
    return [
      ...(existsSync(join(folderOf(env, plugin), "package.json")) ? [] : [`${plugin.name} is not where it was`]),
      ...(changed[index] ? [`${plugin.name} was changed after it was installed`] : []),
      ...(plugin.problem === undefined ? [] : [`${plugin.name} does not load since its last change`]),
      ...(hidden.length === 0 ? [] : [`${plugin.name}: '${hidden.join("', '")}' stands aside for a built-in command`]),
    ];
  });
  const names = plugins.map((plugin) => `${plugin.name} ${plugin.version}`).join(", ");
  if (troubles.length === 0) return { id, status: "ok", detail: names || "none" };
  return { id, status: "note", detail: troubles.join("; "), hint: "noetl plugins inspect NAME tells more" };
}
