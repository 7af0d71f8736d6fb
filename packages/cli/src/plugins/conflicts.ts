import type { InstalledPlugin } from "@noetl/sdk/plugins";
import { createRegistry } from "@noetl/tools";
import { commandConflict } from "./command-conflict.ts";

/** A kind that the language knows and this version cannot run may be provided; one that runs may not be replaced. */
export function toolConflict(kind: string, names: readonly string[]): string | undefined {
  const registry = createRegistry();
  for (const name of [kind, ...names]) {
    const known = registry.get(name);
    if (known?.available) return `tool '${kind}' hides '${known.kind}', which is built in`;
  }
  return undefined;
}

/** Everything for which a plugin cannot stand beside the program and the other plugins. */
export function conflictsOf(plugin: InstalledPlugin, others: readonly InstalledPlugin[]): string[] {
  const found: (string | undefined)[] = [];
  for (const id of Object.keys(plugin.commands)) {
    const taken = others.find((other) => Object.hasOwn(other.commands, id));
    found.push(commandConflict(id), taken && `command '${id}' is that of plugin ${taken.name}`);
  }
  for (const [kind, { aliases: names }] of Object.entries(plugin.tools)) {
    const mine = [kind, ...names].map((name) => name.toLowerCase());
    const taken = others.find((other) =>
      Object.entries(other.tools).some(([theirs, tool]) =>
        [theirs, ...tool.aliases].some((name) => mine.includes(name.toLowerCase())),
      ),
    );
    found.push(toolConflict(kind, names), taken && `tool '${kind}' is that of plugin ${taken.name}`);
  }
  return found.filter((one) => one !== undefined);
}
