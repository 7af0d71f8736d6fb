import type { ErrorInfo, Json, JsonObject } from "@noetl/core";
import type { Names, Origin, RefPath, RenderOptions, SpanMode, Template, View } from "@noetl/template";
import type { Assignment, Envelope, ScopeInput, StepRecord } from "./types.ts";

/** Gives the body of a stored result when it has been fetched; `undefined` makes views throw NeedBody. */
export type BodySource = (ref: string) => Json | undefined;

export interface SiteCOptions {
  /** Single http task of a `profile: local` playbook: `status` reads the numeric HTTP status (DSL §12.4). */
  httpLenient?: boolean;
}

export interface EventFields {
  /** some arc of the router mentions `loop.done`: then `call.done` no longer matches it (DSL §17.3) */
  routerMentionsLoopDone?: boolean;
  step?: string;
  status?: string;
  iteration?: number;
  error?: ErrorInfo;
}

/** Compiled templates by source and mode; owned by a host or a run, never global. */
export interface TemplateCache {
  compile(source: string, options?: CacheOptions): Template;
  /** a bare expression, as in `when: a > 1` */
  expression(source: string, options?: Pick<CacheOptions, "origin">): Template;
}

export interface CacheOptions {
  mode?: SpanMode;
  origin?: Origin;
  isKnownRoot?: (name: string) => boolean;
}

/**
 * How the strings of a tree are read: `data` strict, undefined → null · `text` strict, undefined → '' · `verbatim` spans
 * that do not parse stay, undefined → '' · `code` only spans at a known root · `none` nothing is rendered.
 */
export type Position = "data" | "text" | "verbatim" | "code" | "none";

export interface TreeOptions extends RenderOptions {
  position: Position;
  /** strings that mention `keychain` or `token()` stay as they are (DSL §8.9) */
  skipDeferred?: boolean;
  /** render map keys too (`env`, `headers`, `params`) */
  keys?: boolean;
  isKnownRoot?: (name: string) => boolean;
  origin?: Origin;
}

/** Structural twin of the playbook's `Cond`. */
export type Condition = string | boolean | null | undefined | Condition[];

/** Structural twin of the playbook's `SetEntry`. */
export interface SetEntryLike {
  scope: Assignment["scope"];
  path: readonly string[];
  value: Json;
  sequential: boolean;
}

/** The functions of this package and their shapes; each is exported under its name in lower camel case. */
export interface ScopeModule {
  namesOf(input: ScopeInput): Names;
  stepView(record: StepRecord, body: BodySource): View | undefined;
  envelopeView(envelope: Envelope, body: BodySource): View;
  dataView(envelope: Envelope, body: BodySource): View;
  siteC(record: StepRecord, body: BodySource, options?: SiteCOptions): View;
  eventView(name: string, fields?: EventFields): { [key: string]: unknown };
  templateCache(limit?: number): TemplateCache;
  renderTree(templates: TemplateCache, tree: Json, names: Names, options: TreeOptions): Json;
  evaluateCondition(templates: TemplateCache, cond: Condition, names: Names, options?: RenderOptions): boolean;
  /** `names` as a function gets the assignments done so far (sequential entries see those before them). */
  renderSet(
    templates: TemplateCache,
    entries: readonly SetEntryLike[],
    names: Names | ((done: readonly Assignment[]) => Names),
    options?: RenderOptions,
  ): Assignment[];
  /** A new object that shares what did not change. */
  assign(target: JsonObject, path: readonly string[], value: Json): JsonObject;
  /** `undefined` = cannot be iterated (DSL §16.2) */
  toItems(value: unknown): Json[] | undefined;
  refsOf(tree: Json, templates: TemplateCache): { refs: RefPath[]; deferred: boolean };
  extractFields(data: Json, select?: readonly { path: string; as?: string }[]): JsonObject;
  previewOf(data: Json, bytes?: number): string;
}
