import type { Key } from "ink";

const NAMED = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageUp", "pageup"],
  ["pageDown", "pagedown"],
  ["home", "home"],
  ["end", "end"],
  ["return", "enter"],
  ["escape", "esc"],
  ["backspace", "backspace"],
  ["delete", "delete"],
] as const satisfies readonly (readonly [keyof Key, string])[];

/** The keys of one read as the state names them: a slow line gives several at once. */
export function keysOf(input: string, key: Key): string[] {
  if (key.tab) return [key.shift ? "shift-tab" : "tab"];
  const named = NAMED.find(([flag]) => key[flag] === true);
  if (named) return [named[1]];
  if (key.ctrl) return [`ctrl-${input}`];
  if (key.meta) return [];
  return [...input].map(nameOf).filter((name) => name !== "");
}

function nameOf(character: string): string {
  if (character === " ") return "space";
  if (character === "\r" || character === "\n") return "enter";
  if (character === "\u0003") return "ctrl-c";
  return character < " " ? "" : character;
}
