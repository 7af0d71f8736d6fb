import type { Unit } from "../error.ts";
import { fail, locate, TemplateError } from "../error.ts";
import type { Node, Tag } from "../parse/ast.ts";
import { Cursor } from "../parse/cursor.ts";
import { parseTuple } from "../parse/expression.ts";
import { parseTag } from "../parse/tag.ts";
import type { SpanMode, Warning } from "../types.ts";
import { checkCalls } from "./calls.ts";
import { isForeignAction, isForeignTemplate } from "./foreign.ts";
import { lex } from "./lexer.ts";

/** `from`–`to` are source offsets, so that a tag which turns out not to fit can become text again. */
export type Segment =
  | { t: "text"; text: string }
  | { t: "output"; value: Node; from: number; to: number }
  | { t: "tag"; tag: Tag; from: number; to: number };

export interface Scan {
  segments: Segment[];
  warnings: Warning[];
}

const OPENING = /\{[{%#]/g;
const MAX_WARNINGS = 100;
const MAX_IN_VAIN = 20_000_000;
const RAW = /\{%[-+]?\s*raw\s*(-?)%\}/y;
const ENDRAW = /\{%(-?)\+?\s*endraw\s*[-+]?%\}/g;
const ROOT = /-?\s*([\p{ID_Start}_][\p{ID_Continue}]*)/uy;

/** Splits a template into text, output spans and statement tags; applies whitespace control; drops comments. */
export function scan(unit: Unit, mode: SpanMode, isKnownRoot: (name: string) => boolean): Scan {
  const { source } = unit;
  const foreign = isForeignTemplate(source);
  const scanner = new Scanner(unit, mode);
  for (;;) {
    OPENING.lastIndex = scanner.position;
    const opening = OPENING.exec(source);
    if (!opening || scanner.exhausted) break;
    const from = opening.index;
    const passes =
      opening[0] === "{{"
        ? (foreign && isForeignAction(source, from + 2)) ||
          (mode === "code" && !startsKnown(source, from + 2, isKnownRoot))
        : mode === "code";
    if (passes) scanner.position = from + 2;
    else scanner.read(opening[0], from);
  }
  return scanner.finish();
}

class Scanner {
  /** where to look for the next opening */
  position = 0;
  readonly #unit: Unit;
  readonly #mode: SpanMode;
  readonly #onlyGlobals: boolean;
  readonly #lastSpanEnd: number;
  readonly #lastTagEnd: number;
  readonly #segments: Segment[] = [];
  readonly #warnings: Warning[] = [];
  /** text that is not yet a segment starts here */
  #textFrom = 0;
  #trimStart = false;
  #readInVain = 0;

  constructor(unit: Unit, mode: SpanMode) {
    this.#unit = unit;
    this.#mode = mode;
    this.#onlyGlobals = mode !== "strict" && !unit.source.includes("{%");
    this.#lastSpanEnd = unit.source.lastIndexOf("}}");
    this.#lastTagEnd = unit.source.lastIndexOf("%}");
  }

  /** So many spans were read to the end of the text for nothing that the rest is taken as text. */
  get exhausted(): boolean {
    return this.#readInVain > MAX_IN_VAIN;
  }

  finish(): Scan {
    this.#text(this.#unit.source.length, false);
    return { segments: this.#segments, warnings: this.#warnings };
  }

  /** One span. Where it is none, it is an error, or text in verbatim fields. */
  read(opening: string, from: number): void {
    const span = { end: 0 };
    try {
      if (opening === "{#") this.#comment(from);
      else if (opening === "{{") this.#output(from, span);
      else this.#tag(from, span);
    } catch (error) {
      if (this.#mode === "strict" || !(error instanceof TemplateError)) throw error;
      warnVerbatim(this.#warnings, this.#unit, from, error.detail);
      if (span.end === 0) {
        this.#readInVain += this.#unit.source.length - from;
        const close = opening === "{{" && from <= this.#lastSpanEnd ? this.#unit.source.indexOf("}}", from) : -1;
        span.end = close < 0 ? from + 2 : close + 2;
      }
      this.position = span.end;
    }
  }

  #comment(from: number): void {
    const { source } = this.#unit;
    const end = source.indexOf("#}", from + 2);
    if (end < 0) fail({ unit: this.#unit, offset: from }, "E_TPL_SYNTAX", "comment without '#}'");
    this.#text(from, this.#trims(from));
    this.#goOn(end + 2, source[end - 1] === "-" && end > from + 2);
  }

  /** `span.end` is set as soon as the end is known, so that a span which does not parse can be passed over. */
  #output(from: number, span: { end: number }): void {
    const unit = this.#unit;
    if (from > this.#lastSpanEnd) fail({ unit, offset: from }, "E_TPL_SYNTAX", "missing '}}'");
    const trims = this.#trims(from);
    const { tokens, next, trimAfter } = lex(unit, from + (trims ? 3 : 2), "}}");
    span.end = next;
    const cursor = new Cursor(unit, tokens);
    const value = parseTuple(cursor);
    cursor.expectEnd();
    if (this.#onlyGlobals) checkCalls(unit, value);
    this.#text(from, trims);
    this.#segments.push({ t: "output", value, from, to: next });
    this.#goOn(next, trimAfter);
  }

  #tag(from: number, span: { end: number }): void {
    const unit = this.#unit;
    const raw = matchAt(RAW, unit.source, from);
    if (raw) {
      this.#raw(from, from + raw[0].length, raw[1] === "-");
      return;
    }
    if (from > this.#lastTagEnd) fail({ unit, offset: from }, "E_TPL_SYNTAX", "missing '%}'");
    const trims = this.#trims(from);
    const { tokens, next, trimAfter } = lex(unit, from + (trims || unit.source[from + 2] === "+" ? 3 : 2), "%}");
    // only the tag's own braces become text: spans behind them are looked at again
    span.end = from + 2;
    const tag = parseTag(new Cursor(unit, tokens));
    this.#text(from, trims);
    this.#segments.push({ t: "tag", tag, from, to: next });
    this.#goOn(next, trimAfter);
  }

  #raw(from: number, bodyFrom: number, trimBody: boolean): void {
    const { source } = this.#unit;
    const end = readRaw(this.#unit, bodyFrom);
    this.#text(from, this.#trims(from));
    this.#textFrom = bodyFrom;
    this.#trimStart = trimBody;
    this.#text(end.from, end.trimBefore);
    this.#goOn(end.to, source[end.to - 3] === "-");
  }

  #trims(from: number): boolean {
    return this.#unit.source[from + 2] === "-";
  }

  #text(to: number, trimEnd: boolean): void {
    let piece = this.#unit.source.slice(this.#textFrom, to);
    if (this.#trimStart) piece = piece.trimStart();
    if (trimEnd) piece = piece.trimEnd();
    if (piece !== "") this.#segments.push({ t: "text", text: piece });
    this.#trimStart = false;
  }

  #goOn(to: number, trimAfter: boolean): void {
    this.#textFrom = to;
    this.position = to;
    this.#trimStart = trimAfter;
  }
}

/** Says that a span stayed text; the first of many are enough. */
export function warnVerbatim(warnings: Warning[], unit: Unit, from: number, detail: string): void {
  if (warnings.length >= MAX_WARNINGS) return;
  const message = `kept as text, it is no template: ${detail}`;
  warnings.push({ code: "W_TPL_VERBATIM", message, origin: locate({ unit, offset: from }) });
}

function startsKnown(source: string, at: number, isKnownRoot: (name: string) => boolean): boolean {
  const name = matchAt(ROOT, source, at)?.[1];
  return name !== undefined && isKnownRoot(name);
}

function readRaw(unit: Unit, at: number): { from: number; to: number; trimBefore: boolean } {
  ENDRAW.lastIndex = at;
  const end = ENDRAW.exec(unit.source);
  if (!end) fail({ unit, offset: at }, "E_TPL_SYNTAX", "'raw' without 'endraw'");
  return { from: end.index, to: end.index + end[0].length, trimBefore: end[1] === "-" };
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}
