import type { Json } from "@noetl/core";

/**
 * How a config field is rendered (DSL §8.4, §8.8, worker-and-tools §9.1).
 * `data` native values, undefined → null · `text` undefined → '' · `verbatim` text in which spans that do not parse stay ·
 * `code` text in which only spans of known roots render · `none` never rendered.
 */
export type Position = "data" | "text" | "verbatim" | "code" | "none";

export type Effect = "none" | "read" | "write" | "unknown";

/** What the language must know of a tool kind. Tools and plugins provide it; checks, docs, completion and `plan` read it. */
export interface ToolSpec {
  readonly kind: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  /** JSON Schema (draft 2020-12) of the tool's own keys, under their canonical names. */
  readonly schema: { [key: string]: Json };
  /** Each entry: at least one of these keys must be there (`E_TOOL_REQUIRED`). */
  readonly required: readonly (readonly string[])[];
  /** legacy or alternative key → canonical key (DSL §12.3, §25.1) */
  readonly keyAliases: Readonly<Record<string, string>>;
  /** top-level field → position of all text in it; fields not listed are `data` */
  readonly positions: Readonly<Record<string, Position>>;
  /**
   * Keys common to all tools (`args`, `timeout`, …) that mean something of its own to this kind and therefore stay in
   * its config (`args` of container, `timeout` of playbook). A map under an own `args` is merged into the input as well.
   */
  readonly ownKeys?: readonly string[];
  /** Keys whose map has an `auth` of its own (`source`, `target` of transfer); it reaches the tool under that label. */
  readonly innerAuth?: readonly string[];
  /** From unrendered config. */
  effects(config: { [key: string]: Json }): Effect;
  /** false: the language knows the kind, this version cannot run it. */
  readonly available: boolean;
  /** Result data without `result` etc. is needed only by authors: one-line description for docs. */
  readonly resultSummary?: string;
}

export interface ToolCatalog {
  /** by kind or alias, case-insensitive */
  get(kind: string): ToolSpec | undefined;
  list(): readonly ToolSpec[];
}
