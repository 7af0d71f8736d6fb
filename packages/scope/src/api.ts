import type { ErrorInfo, Json } from "@noetl/core";
import type { Origin, RenderOptions, SpanMode, Template } from "@noetl/template";
import type { Assignment } from "./types.ts";

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
  /** what they become instead: such a value must not be kept (DSL §9.3.4) */
  deferredAs?: string;
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
