import { stripVTControlCharacters } from "node:util";
import { displayWidth, fit } from "@noetl/sdk";

export interface Style {
  color?: "red" | "green" | "yellow" | "blue" | "magenta" | "cyan";
  bold?: boolean;
  dim?: boolean;
  inverse?: boolean;
}

export interface Span {
  text: string;
  style?: Style;
}

/** One row of the terminal, not yet cut to its width. */
export type Line = readonly Span[];

/** `["plain", ["green", { color: "green" }]]` → a line. Whatever could move the cursor is gone from the texts. */
export function line(...parts: readonly (string | readonly [text: string, style: Style | undefined])[]): Line {
  return parts.map((part) => {
    if (typeof part === "string") return { text: safe(part) };
    const [text, style] = part;
    return style ? { text: safe(text), style } : { text: safe(text) };
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Text of others on one line: escape sequences and line ends would tear the picture. */
export function safe(text: string): string {
  return stripVTControlCharacters(text).replaceAll("\t", "    ").replace(CONTROL, " ");
}

export function widthOf(spans: Line): number {
  return spans.reduce((sum, { text }) => sum + displayWidth(text), 0);
}

/** Cut to the width, an ellipsis where something was. */
export function cut(spans: Line, width: number): Line {
  const kept: Span[] = [];
  let left = width;
  for (const [index, span] of spans.entries()) {
    const own = displayWidth(span.text);
    const more = index < spans.length - 1;
    if (own < left || (own === left && (!more || widthOf(spans.slice(index + 1)) === 0))) {
      kept.push(span);
      left -= own;
      continue;
    }
    // Something is cut, here or behind: the ellipsis has to fit.
    const text = fit(`${span.text}${more && own <= left ? "  " : ""}`, left);
    kept.push({ ...span, text });
    break;
  }
  return kept;
}

/** Exactly this wide. */
export function fill(spans: Line, width: number): Line {
  const short = cut(spans, width);
  const missing = width - widthOf(short);
  return missing > 0 ? [...short, { text: " ".repeat(missing) }] : short;
}

/** The same over the whole width in reverse: where the cursor is. */
export function lit(spans: Line, width: number): Line {
  return fill(spans, width).map(({ text, style }) => ({ text, style: { ...style, inverse: true } }));
}

/** Left and right on one line; the right part goes first when there is no room. */
export function ends(left: Line, right: Line, width: number): Line {
  const room = width - widthOf(right) - 1;
  return room < 8 ? cut(left, width) : [...fill(left, room), { text: " " }, ...right];
}

/** Text in a column: cut or filled. */
export function cell(text: string, width: number): string {
  const short = fit(safe(text), width);
  return short + " ".repeat(Math.max(0, width - displayWidth(short)));
}

export const blank: Line = [];

const COLORS = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const;

/** What is written to the terminal. Without colour no style at all: NO_COLOR, dumb terminals. */
export function painted(spans: Line, color: boolean): string {
  return spans.map(({ text, style }) => (color && style ? styled(text, style) : text)).join("");
}

function styled(text: string, { color, bold, dim, inverse }: Style): string {
  const on = [bold ? 1 : 0, dim ? 2 : 0, inverse ? 7 : 0, color ? COLORS[color] : 0].filter((code) => code > 0);
  return on.length === 0 ? text : `\u001b[${on.join(";")}m${text}\u001b[0m`;
}
