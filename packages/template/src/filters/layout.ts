import { plain } from "../value/kind.ts";
import { text } from "../value/text.ts";
import type { Filter } from "./filter.ts";
import { arg, flagArg, inputText, textArg, wholeArg } from "./filter.ts";
import { wrapLine } from "./wrap.ts";

const LINE = /\r\n|\n|\r/;

const indent: Filter = (value, args, run, at) => {
  const width = plain(arg(args, 0, "width"));
  const columns = typeof width === "string" ? width.length : wholeArg(args, 0, "width", 4, at);
  const source = inputText(value, run);
  const lines = source.split(LINE);
  run.fits(source.length + Math.max(0, columns) * lines.length, at);
  const margin = typeof width === "string" ? width : " ".repeat(Math.max(0, columns));
  const first = flagArg(args, 1, "first", false);
  const blank = flagArg(args, 2, "blank", false);
  return lines.map((line, i) => ((i === 0 ? first : blank || line !== "") ? margin + line : line)).join("\n");
};

const truncate: Filter = (value, args, run, at) => {
  const length = wholeArg(args, 0, "length", 255, at);
  const end = textArg(args, 2, "end", "...");
  const source = Array.from(inputText(value, run));
  if (source.length <= length + wholeArg(args, 3, "leeway", 5, at)) return source.join("");
  const cut = source.slice(0, Math.max(0, length - Array.from(end).length)).join("");
  if (flagArg(args, 1, "killwords", false)) return cut + end;
  const space = cut.lastIndexOf(" ");
  return (space < 0 ? cut : cut.slice(0, space)) + end;
};

const wordwrap: Filter = (value, args, run, at) => {
  const width = Math.max(1, wholeArg(args, 0, "width", 79, at));
  const breakLong = flagArg(args, 1, "break_long_words", true);
  const separator = plain(arg(args, 2, "wrapstring"));
  const onHyphens = flagArg(args, 3, "break_on_hyphens", true);
  const newline = separator === undefined || separator === null ? "\n" : text(separator);
  const source = inputText(value, run);
  run.charge(source.length, at);
  return source
    .split(LINE)
    .map((line) => wrapLine(line, { width, breakLong, onHyphens }).join(newline))
    .join(newline);
};

export const LAYOUT: readonly (readonly [string, Filter])[] = [
  ["indent", indent],
  ["truncate", truncate],
  ["wordwrap", wordwrap],
];
