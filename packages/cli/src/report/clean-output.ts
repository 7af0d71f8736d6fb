import { stripVTControlCharacters } from "node:util";

// Colours are harmless; everything else a program may send (cursor moves, titles, screen switches) would tear our drawing.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const COLOR = /(\u001b\[[0-9;]*m)/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/**
 * What a tool wrote, as lines that are safe to print: a progress bar that rewrites its line shows its last state, control
 * sequences are gone, colours stay where colour is wanted.
 */
export function cleanOutput(text: string, color: boolean): string[] {
  const lines = text.replace(/\r\n/g, "\n").replace(/\n$/, "").split("\n");
  return lines.map((line) => {
    const shown = line.replace(/\r+$/, "").split("\r").at(-1) ?? "";
    const parts = shown.split(COLOR);
    const kept = parts.map((part, index) => (index % 2 === 1 ? (color ? part : "") : plain(part))).join("");
    return color && parts.length > 1 ? `${kept}\u001b[0m` : kept;
  });
}

function plain(text: string): string {
  return stripVTControlCharacters(text).replace(CONTROL, "");
}
