/** Where a template stands, so that errors carry file:line:col of the document, not of the string. 1-based. */
export interface Origin {
  file?: string;
  line: number;
  column: number;
}

/**
 * How spans that are no expressions are treated (DSL §8.8, decisions 1, 29, 53).
 * `strict` an error · `verbatim` a span that does not parse is kept as text · `code` only spans that begin with a
 * known root name render, all others are text. Foreign Go spans pass in every mode.
 */
export type SpanMode = "strict" | "verbatim" | "code";

export interface CompileOptions {
  origin?: Origin;
  mode?: SpanMode;
  /** `code` mode: is this identifier a name that templates know (workload key, step, iterator, engine name)? */
  isKnownRoot?: (name: string) => boolean;
}

/** Where names come from: the lookup chain of DSL §7.2 lives behind it. `undefined` = unknown. */
export interface Names {
  lookup(name: string): unknown;
}

/**
 * Behaviour of values that are more than JSON (step results, loop aggregates, `ctx`). The evaluator asks these instead
 * of looking at properties. A view may throw `NeedBody` from @noetl/scope when its body must be fetched first.
 */
export interface View {
  readonly [VIEW]: true;
  /** `a.k`, `a['k']` and `a[0]` (also from the end: `a[-1]`); `undefined` when there is no such attribute. */
  attribute(key: string | number): unknown;
  /** What a whole binding `{{ a }}` yields: plain JSON. */
  native(): unknown;
  /** What `for x in a`, `x in a`, `a | length` and list filters work on: plain JSON list or map. */
  sequence(): unknown;
  /** Truthiness without `native()`, when it is known cheaply (a stored body need not be fetched for it). */
  truth?(): boolean;
  /** `a | length` without `sequence()`, when it is known cheaply. */
  size?(): number | undefined;
}
export const VIEW: unique symbol = Symbol.for("noetl.template.view") as never;

/**
 * Text that equals more than itself: an envelope status (DSL §14.2) or an event name (§17.3). Everywhere but in
 * `==`, `!=` and `in [..]` it is simply `text`.
 */
export interface TolerantText {
  readonly [TOLERANT]: true;
  readonly text: string;
  equals(other: string): boolean;
}
export const TOLERANT: unique symbol = Symbol.for("noetl.template.tolerant") as never;

export interface Warning {
  code: "W_TPL_NUMSTR" | "W_TPL_BOOLSTR" | "W_TPL_VERBATIM";
  message: string;
  origin?: Origin;
}

export interface RenderOptions {
  /** `now()`, milliseconds since 1970. Without it `now()` is an error: the engine gives the time of its event. */
  now?: () => number;
  /** `uuid()`. Without it an error. */
  uuid?: () => string;
  /** `token(name)`. Without it an error. */
  token?: (name: string, audience?: string) => string;
  /** A final undefined in a text position is `E_TPL_UNDEFINED` (DSL §8.9). */
  strictUndefined?: boolean;
  /** Bool or number compared with a string literal is compared as text (decision 51, DSL §23.4). */
  compareText?: boolean;
  /** What whole-expression undefined becomes: null in data positions, '' in text positions (DSL §8.4). Default null. */
  undefinedAs?: "null" | "text";
  onWarning?: (warning: Warning) => void;
  limits?: Partial<Limits>;
}

/** Defaults: 64 MiB of output, 1 000 000 loop iterations, call depth 100. */
export interface Limits {
  outputBytes: number;
  iterations: number;
  depth: number;
}

/** A dotted path that the template reads, as far as it is static: `["output", "error", "kind"]`. Index segments are text. */
export type RefPath = readonly string[];

export interface Template {
  readonly source: string;
  /** No tag in it: `render` returns `source`. */
  readonly literal: boolean;
  /** Exactly one `{{ }}`: `render` returns a native value. */
  readonly whole: boolean;
  /** Names read from outside (locals of `for`, `set`, macros excluded), in order of appearance. */
  readonly refs: readonly RefPath[];
  /** Mentions `keychain` or calls `token()`: only the process that runs the tool may render it (DSL §8.9). */
  readonly deferred: boolean;
  readonly warnings: readonly Warning[];
  /** Native value for `whole` (undefined → `undefinedAs`; bigint → number when safe, else text), else a string. */
  render(names: Names, options?: RenderOptions): unknown;
  /** Always text. */
  renderText(names: Names, options?: RenderOptions): string;
  /** Whole expression or bare expression: the value before conversion; `undefined` stays `undefined`. */
  evaluate(names: Names, options?: RenderOptions): unknown;
}

export type TemplateErrorCode =
  | "E_TPL_SYNTAX"
  | "E_TPL_FILTER"
  | "E_TPL_TEST"
  | "E_TPL_STMT"
  | "E_TPL_CALL"
  | "E_TPL_TYPE"
  | "E_TPL_VALUE"
  | "E_TPL_UNDEFINED"
  | "E_TPL_LIMIT";
