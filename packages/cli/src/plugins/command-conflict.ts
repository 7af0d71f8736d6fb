import { aliases, commands } from "../commands.ts";

/**
 * Why a plugin may not have a command of this id: it is built in, it begins with a built-in command (whose argument its
 * next word would be), or built-in commands begin with it.
 */
export function commandConflict(id: string): string | undefined {
  const words = id.split(":");
  for (let length = 1; length <= words.length; length++) {
    const head = words.slice(0, length).join(":");
    if (Object.hasOwn(commands, head) || Object.hasOwn(aliases, head)) {
      return length === words.length
        ? `command '${id}' is built in`
        : `command '${id}' begins with '${head}', which is built in`;
    }
  }
  const below = [...Object.keys(commands), ...Object.keys(aliases)].find((known) => known.startsWith(`${id}:`));
  return below && `command '${id}' hides '${below}', which is built in`;
}
