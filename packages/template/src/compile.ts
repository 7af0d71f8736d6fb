import { survey } from "./bound.ts";
import { compileExpression as toClosure } from "./compile/expression.ts";
import type { Exec } from "./compile/frame.ts";
import { newFrame } from "./compile/frame.ts";
import type { Body, Compilation } from "./compile/scope.ts";
import { Scope } from "./compile/scope.ts";
import { compileBody } from "./compile/statement.ts";
import type { Unit } from "./error.ts";
import { fail, limited } from "./error.ts";
import type { Node, Statement } from "./parse/ast.ts";
import { Cursor } from "./parse/cursor.ts";
import { parseTuple } from "./parse/expression.ts";
import { build, Misfit } from "./parse/structure.ts";
import { DEFAULTS, Run } from "./run.ts";
import { lex } from "./scan/lexer.ts";
import type { Segment } from "./scan/segments.ts";
import { scan, warnVerbatim } from "./scan/segments.ts";
import type { CompileOptions, Names, RenderOptions, Template, Warning } from "./types.ts";
import { native } from "./value/native.ts";
import { text } from "./value/text.ts";

/** Contains `{{`, `{%` or `{#` (DSL §1.1). */
export function looksLikeTemplate(source: string): boolean {
  return /\{[{%#]/.test(source);
}

/** Compiles a template string (DSL §8). Throws TemplateError with its place in the document. */
export function compile(source: string, options: CompileOptions = {}): Template {
  const unit: Unit = { source, origin: options.origin };
  if (!looksLikeTemplate(source)) return literalTemplate(source, []);
  return limited({ unit, offset: 0 }, () => {
    const mode = options.mode ?? "strict";
    const { segments, warnings } = scan(unit, mode, options.isKnownRoot ?? (() => false));
    const statements = structure(unit, segments, warnings, mode !== "strict");
    if (segments.every(({ t }) => t === "text")) return literalTemplate(plainText(source, segments), warnings, source);
    const whole = wholeOutput(segments);
    if (whole) return expressionTemplate(unit, whole, warnings, around(segments, whole));
    return mixedTemplate(unit, statements, warnings);
  });
}

/** Compiles a bare expression, as in `when: a > 1`. */
export function compileExpression(source: string, options: Pick<CompileOptions, "origin"> = {}): Template {
  const unit: Unit = { source, origin: options.origin };
  return limited({ unit, offset: 0 }, () => {
    const cursor = new Cursor(unit, lex(unit, 0, undefined).tokens);
    const value = parseTuple(cursor);
    cursor.expectEnd();
    return expressionTemplate(unit, { t: "output", value, from: 0, to: source.length }, []);
  });
}

const MAX_MISFITS = 100;

/** In verbatim fields a tag that does not fit becomes text again, one at a time; with very many of them, all do. */
function structure(unit: Unit, segments: Segment[], warnings: Warning[], lenient: boolean): Statement[] {
  const asText = (segment: Segment): Segment => {
    if (segment.t !== "tag") return segment;
    warnVerbatim(warnings, unit, segment.from, `'${segment.tag.t}' does not fit here`);
    return { t: "text", text: unit.source.slice(segment.from, segment.to) };
  };
  for (let misfits = 0; ; misfits++) {
    try {
      return build(unit, segments);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      const misfit = segments[error.segment];
      if (!lenient || misfit?.t !== "tag") return error.report();
      segments[error.segment] = asText(misfit);
      if (misfits < MAX_MISFITS) continue;
      for (const [i, segment] of segments.entries()) segments[i] = asText(segment);
    }
  }
}

/** Exactly one `{{ }}` with nothing but blanks around it (DSL §8.4). */
function wholeOutput(segments: readonly Segment[]): (Segment & { t: "output" }) | undefined {
  const rest = segments.filter((segment) => segment.t !== "text" || segment.text.trim() !== "");
  const [only] = rest;
  return rest.length === 1 && only?.t === "output" ? only : undefined;
}

/** The blanks around a whole expression: part of its text, not of its value. */
function around(segments: readonly Segment[], whole: Segment): [before: string, after: string] {
  const index = segments.indexOf(whole);
  const blanks = (part: readonly Segment[]) =>
    part.map((segment) => (segment.t === "text" ? segment.text : "")).join("");
  return [blanks(segments.slice(0, index)), blanks(segments.slice(index + 1))];
}

function plainText(source: string, segments: readonly Segment[]): string {
  return segments.length === 0
    ? ""
    : segments.map((segment) => (segment.t === "text" ? segment.text : source)).join("");
}

function literalTemplate(output: string, warnings: Warning[], source = output): Template {
  const same = () => output;
  return {
    source,
    literal: output === source,
    whole: false,
    refs: [],
    deferred: false,
    warnings,
    render: same,
    renderText: same,
    evaluate: same,
  };
}

function newCompilation(unit: Unit, statements: readonly Statement[], root?: Node): { scope: Scope; body: Body } {
  const compilation: Compilation = { unit, ...survey(statements, root), refs: new Map(), callsToken: false };
  const body: Body = { parent: undefined, size: 1 };
  return { scope: new Scope(compilation, body, undefined), body };
}

function analysis({ compilation }: Scope): Pick<Template, "refs" | "deferred"> {
  const refs = [...compilation.refs.values()];
  return { refs, deferred: compilation.callsToken || refs.some(([root]) => root === "keychain") };
}

function expressionTemplate(
  unit: Unit,
  { value, from, to }: Segment & { t: "output" },
  warnings: Warning[],
  [before, after] = ["", ""],
): Template {
  const { scope } = newCompilation(unit, [], value);
  const closure = toClosure(value, scope);
  const at = { unit, offset: from };
  const evaluate = (names: Names, options?: RenderOptions) => {
    const run = new Run(names, options);
    return limited(at, () => closure(run, []));
  };
  const undefinedText = () =>
    fail(
      at,
      "E_TPL_UNDEFINED",
      `${unit.source.slice(from, to)} is undefined`,
      "'| default(...)' gives a value to fall back on",
    );
  return {
    source: unit.source,
    literal: false,
    whole: true,
    ...analysis(scope),
    warnings,
    evaluate,
    render(names, options) {
      const result = evaluate(names, options);
      if (result !== undefined) return limited(at, () => native(result));
      if (options?.undefinedAs !== "text") return null;
      return options.strictUndefined ? undefinedText() : "";
    },
    renderText(names, options) {
      const result = evaluate(names, options);
      if (result === undefined && options?.strictUndefined) return undefinedText();
      return before + limited(at, () => text(result, options?.limits?.outputBytes ?? DEFAULTS.outputBytes)) + after;
    },
  };
}

function mixedTemplate(unit: Unit, statements: readonly Statement[], warnings: Warning[]): Template {
  const { scope, body } = newCompilation(unit, statements);
  const exec: Exec = compileBody(statements, scope);
  scope.settle();
  const at = { unit, offset: 0 };
  const renderText = (names: Names, options?: RenderOptions) => {
    const run = new Run(names, options);
    limited(at, () => exec(run, newFrame(body.size, undefined)));
    return run.out;
  };
  return {
    source: unit.source,
    literal: false,
    whole: false,
    ...analysis(scope),
    warnings,
    render: renderText,
    renderText,
    evaluate: renderText,
  };
}
