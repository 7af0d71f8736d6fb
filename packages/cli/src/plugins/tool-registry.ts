import type { Environment } from "@noetl/sdk";
import { readPlugins } from "@noetl/sdk/plugins";
import { registryWithPlugins } from "@noetl/sdk/tool-registry";
import type { Registry } from "@noetl/tools";

/** The tools of commands on this machine. Links whose files changed are read again first. */
export async function openRegistry(env: Environment): Promise<Registry> {
  const { plugins } = readPlugins(env);
  if (!plugins.some(({ source }) => source.kind === "link")) return registryWithPlugins(env, plugins);
  const { refreshLinks } = await import("./install/refresh.ts");
  const note = (text: string) => void process.stderr.write(`${text}\n`);
  return registryWithPlugins(env, await refreshLinks(env, note, plugins));
}
