import type { Unit } from "../error.ts";
import { fail, locate, TemplateError } from "../error.ts";
import { GLOBALS } from "../globals/index.ts";
import type { Node, Tag } from "../parse/ast.ts";
import { Cursor } from "../parse/cursor.ts";
import { parseTuple } from "../parse/expression.ts";
import { parseTag } from "../parse/tag.ts";
import type { SpanMode, Warning } from "../types.ts";
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
const ENDRAW = /\{%(-?)[+]?\s*endraw\s*([-+]?)%\}/g;
const ROOT = /-?\s*([\p{ID_Start}_][\p{ID_Continue}]*)/uy;

/** Splits a template into text, output spans and statement tags; applies whitespace control; drops comments. */
export function scan(unit: Unit, mode: SpanMode, isKnownRoot: (name: string) => boolean): Scan {
  const { source } = unit;
  const foreign = isForeignTemplate(source);
  const onlyGlobals = mode !== "strict" && !source.includes("{%");
  const lastSpanEnd = source.lastIndexOf("}}");
  const lastTagEnd = source.lastIndexOf("%}");
  const segments: Segment[] = [];
  const warnings: Warning[] = [];
  let textFrom = 0;
  let trimStart = false;
  let position = 0;
  let readInVain = 0;

  const text = (to: number, trimEnd: boolean) => {
    let piece = source.slice(textFrom, to);
    if (trimStart) piece = piece.trimStart();
    if (trimEnd) piece = piece.trimEnd();
    if (piece !== "") segments.push({ t: "text", text: piece });
    trimStart = false;
  };
  const tagDone = (to: number, trimAfter: boolean) => {
    textFrom = position = to;
    trimStart = trimAfter;
  };

  for (;;) {
    OPENING.lastIndex = position;
    const opening = OPENING.exec(source);
    if (!opening) break;
    const from = opening.index;
    const trims = source[from + 2] === "-";
    const body = from + (trims || (opening[0] === "{%" && source[from + 2] === "+") ? 3 : 2);
    if (opening[0] === "{{") {
      if (
        (foreign && isForeignAction(source, from + 2)) ||
        (mode === "code" && !startsKnown(source, from + 2, isKnownRoot))
      ) {
        position = from + 2;
        continue;
      }
    } else if (mode === "code") {
      position = from + 2;
      continue;
    }
    // where the span ends, as soon as that is known
    let spanEnd = 0;
    try {
      if (opening[0] === "{#") {
        const end = source.indexOf("#}", from + 2);
        if (end < 0) fail({ unit, offset: from }, "E_TPL_SYNTAX", "comment without '#}'");
        text(from, trims);
        tagDone(end + 2, source[end - 1] === "-" && end - 1 >= from + 2);
      } else if (opening[0] === "{%") {
        const raw = matchAt(RAW, source, from);
        if (raw) {
          const end = readRaw(unit, from + raw[0].length);
          text(from, trims);
          let inner = source.slice(from + raw[0].length, end.from);
          if (raw[1]) inner = inner.trimStart();
          if (end.trimBefore) inner = inner.trimEnd();
          if (inner !== "") segments.push({ t: "text", text: inner });
          tagDone(end.to, end.trimAfter);
        } else {
          if (from > lastTagEnd) fail({ unit, offset: from }, "E_TPL_SYNTAX", "missing '%}'");
          const { tokens, next, trimAfter } = lex(unit, body, "%}");
          spanEnd = from + 2;
          const tag = parseTag(new Cursor(unit, tokens));
          text(from, trims);
          segments.push({ t: "tag", tag, from, to: next });
          tagDone(next, trimAfter);
        }
      } else {
        if (from > lastSpanEnd) fail({ unit, offset: from }, "E_TPL_SYNTAX", "missing '}}'");
        const { tokens, next, trimAfter } = lex(unit, body, "}}");
        spanEnd = next;
        const cursor = new Cursor(unit, tokens);
        const value = parseTuple(cursor);
        cursor.expectEnd();
        if (onlyGlobals) checkCalls(unit, value);
        text(from, trims);
        segments.push({ t: "output", value, from, to: next });
        tagDone(next, trimAfter);
      }
    } catch (error) {
      if (mode === "strict" || !(error instanceof TemplateError)) throw error;
      warnVerbatim(warnings, unit, from, error.detail);
      if (spanEnd === 0) {
        // it may have been read to the end of the text: when that adds up, the rest is text
        readInVain += source.length - from;
        if (readInVain > MAX_IN_VAIN) break;
        const close = opening[0] === "{{" && from <= lastSpanEnd ? source.indexOf("}}", from) : -1;
        spanEnd = close < 0 ? from + 2 : close + 2;
      }
      position = spanEnd;
    }
  }
  text(source.length, false);
  return { segments, warnings };
}

/** Without statements nothing but the globals can be called: in verbatim fields such a span is text. */
function checkCalls(unit: Unit, value: unknown): void {
  if (Array.isArray(value)) for (const part of value) checkCalls(unit, part);
  else if (typeof value === "object" && value !== null) {
    const node = value as Node;
    if (node.t === "call" && node.callee.t === "name" && !GLOBALS.has(node.callee.name)) {
      fail({ unit, offset: node.at }, "E_TPL_CALL", `unknown function '${node.callee.name}'`);
    }
    for (const part of Object.values(node)) checkCalls(unit, part);
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

function readRaw(unit: Unit, at: number): { from: number; to: number; trimBefore: boolean; trimAfter: boolean } {
  ENDRAW.lastIndex = at;
  const end = ENDRAW.exec(unit.source);
  if (!end) fail({ unit, offset: at }, "E_TPL_SYNTAX", "'raw' without 'endraw'");
  return { from: end.index, to: end.index + end[0].length, trimBefore: end[1] === "-", trimAfter: end[2] === "-" };
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}
