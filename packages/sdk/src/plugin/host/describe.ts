import { isObject, type JsonObject, NoetlError } from "@noetl/core";
import type { Tool } from "@noetl/tools/define";
import type { CommandClass } from "../../command.ts";
import type { PluginManifest } from "../manifest.ts";
import { loadCommand } from "./commands.ts";
import type { StoredCommand, StoredTool } from "./record.ts";
import { takenKeys } from "./taken-keys.ts";
import { loadTool } from "./tools.ts";

export interface Description {
  commands: { [id: string]: StoredCommand };
  tools: { [kind: string]: StoredTool };
}

/**
 * Loads everything that a plugin brings and writes down what the program has to know of it. To be called in a process of
 * its own: this is the one moment at which all code of a plugin runs unasked.
 */
export async function describePlugin(name: string, folder: string, manifest: PluginManifest): Promise<Description> {
  const commands: Description["commands"] = {};
  for (const [id, { summary, file }] of Object.entries(manifest.commands)) {
    commands[id] = { summary, file, help: helpOf(await loadCommand(id, { plugin: name, folder, file })) };
  }
  const tools: Description["tools"] = {};
  for (const [kind, { file }] of Object.entries(manifest.tools)) {
    const tool = storedTool(file, await loadTool(kind, { plugin: name, folder, file }));
    refuseTakenKeys(name, kind, tool);
    tools[kind] = tool;
  }
  return { commands, tools };
}

/** Of the functions in flags and arguments only values are kept: defaults that are computed are not shown. */
function helpOf(command: CommandClass): JsonObject {
  const { description, examples, usage, args, flags } = command;
  return JSON.parse(JSON.stringify({ description, examples, usage, args, flags })) as JsonObject;
}

function refuseTakenKeys(plugin: string, kind: string, { schema, ownKeys = [] }: StoredTool): void {
  const taken = takenKeys(Object.keys(isObject(schema.properties) ? schema.properties : {}), ownKeys);
  if (taken.length === 0) return;
  throw new NoetlError(
    "validation",
    "PLUGIN_TOOL",
    `plugin '${plugin}': tool '${kind}' cannot have the key ${taken.map((key) => `'${key}'`).join(", ")}`,
    { hint: "every task has a key of that name, and it never reaches the tool; choose another" },
  );
}

function storedTool(file: string, tool: Tool): StoredTool {
  const { aliases, summary, schema, required, keyAliases, positions, ownKeys, innerAuth, resultSummary } = tool;
  return {
    file,
    aliases: aliases ?? [],
    summary,
    schema: isObject(schema) ? schema : { type: "object" },
    required: required ?? [],
    keyAliases: keyAliases ?? {},
    positions: positions ?? {},
    effect: tool.effects?.({}) ?? "unknown",
    ...(ownKeys && { ownKeys }),
    ...(innerAuth && { innerAuth }),
    ...(resultSummary !== undefined && { resultSummary }),
    ...(tool.pure && { pure: true }),
    ...(tool.idempotent && { idempotent: true }),
  };
}
