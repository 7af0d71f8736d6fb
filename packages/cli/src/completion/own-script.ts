import type { CommandSet } from "@noetl/sdk";
import { completionScript, type Shell } from "./scripts.ts";

/** The script that completes these commands and their other spellings. */
export function ownScript(shell: Shell, { commands, aliases, topics }: CommandSet): string {
  const named = Object.entries(commands).map(([id, { summary }]) => [id.replaceAll(":", " "), summary] as const);
  const spelt = Object.entries(aliases).map(
    ([id, target]) => [id.replaceAll(":", " "), commands[target]?.summary ?? ""] as const,
  );
  const summaries = new Map(Object.entries(topics).map(([id, summary]) => [id.replaceAll(":", " "), summary]));
  return completionScript(shell, { commands: new Map([...named, ...spelt]), topics: summaries });
}
