import type { InstalledPlugin } from "@noetl/sdk/plugins";
import { summaryOf } from "./view.ts";

/** What a person has now: `installed noetl-weather 0.1.0` and its commands, tools and hooks. */
export function broughtText(verb: string, plugin: InstalledPlugin): string {
  const { name, version, commands, tools, hooks } = summaryOf(plugin);
  return [
    `${verb} ${name} ${version}`,
    ...commands.map((id) => `  command  noetl ${id}`),
    ...tools.map((kind) => `  tool     ${kind}`),
    ...hooks.map((event) => `  hook     ${event}`),
  ].join("\n");
}
