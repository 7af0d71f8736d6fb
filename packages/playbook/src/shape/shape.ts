import type { JsonObject } from "@noetl/core";
import type { Node } from "../read/node.ts";
import type { Report, Scope } from "../report/report.ts";
import type { ToolCatalog } from "../tool-spec.ts";

/**
 * What a part of a document may look like. One description checks documents (`validate.ts`) and makes the JSON Schema
 * that editors complete from (`json-schema.ts`).
 */
export type Shape = Note &
  (AnyShape | TextShape | WordShape | FlagShape | NumberShape | CondShape | DictShape | KeysShape | ListShape | Custom);

export interface Note {
  readonly description?: string;
  /** diagnostic code when the value does not fit; `E_TYPE` when absent */
  readonly code?: string;
  /** name among `$defs` */
  readonly id?: string;
  /** what else the `default` profile reads here, for the schema only: rewriting has removed it before validation */
  readonly legacy?: readonly JsonObject[];
}

interface AnyShape {
  readonly type: "any";
}
interface TextShape {
  readonly type: "text";
  readonly min?: number;
}
interface WordShape {
  readonly type: "word";
  readonly words: readonly string[];
  /** a template is accepted in place of a word */
  readonly templated?: boolean;
}
interface FlagShape {
  readonly type: "flag";
}
interface NumberShape {
  readonly type: "number";
  readonly min?: number;
  readonly integer?: boolean;
}
interface CondShape {
  readonly type: "cond";
}
interface DictShape {
  readonly type: "dict";
  readonly values?: Shape;
  /** a template that yields a map is accepted */
  readonly templated?: boolean;
}
interface KeysShape {
  readonly type: "keys";
  readonly keys: { readonly [key: string]: Shape };
  /** key → code when it is missing */
  readonly required?: { readonly [key: string]: string };
  /** other keys are accepted without a word */
  readonly open?: boolean;
  /** what unknown keys are called; `W_UNKNOWN_KEY` or its strict error when absent */
  readonly unknownCode?: string;
  /** what to say about a key that is unknown here, when there is something better than the nearest known one */
  readonly hint?: (key: string, node: Node, tools: ToolCatalog) => string | undefined;
  /** old keys, for the schema of the `default` profile only */
  readonly legacyKeys?: { readonly [key: string]: string };
}
interface ListShape {
  readonly type: "list";
  readonly items: Shape;
  readonly min?: number;
  readonly minCode?: string;
  readonly minMessage?: string;
  /** one item may stand without its list */
  readonly orOne?: boolean;
  readonly scope?: (item: Node, index: number) => Scope;
}
interface Custom {
  readonly type: "custom";
  check(node: Node, validation: Validation): void;
  schema(making: SchemaMaking): JsonObject;
}

export interface Validation {
  readonly report: Report;
  readonly tools: ToolCatalog;
  validate(node: Node, shape: Shape, what: string, report?: Report): void;
}

export interface SchemaMaking {
  readonly strict: boolean;
  readonly tools: ToolCatalog;
  make(shape: Shape): JsonObject;
}

type Rest<T> = Note & Omit<T, "type">;

export const any = (description?: string, note: Note = {}): Shape => ({
  type: "any",
  ...(description === undefined ? {} : { description }),
  ...note,
});
export const text = (description: string, rest: Rest<TextShape> = {}): Shape => ({
  type: "text",
  description,
  ...rest,
});
export const flag = (description: string, rest: Note = {}): Shape => ({ type: "flag", description, ...rest });
export const number = (description: string, rest: Rest<NumberShape> = {}): Shape => ({
  type: "number",
  description,
  ...rest,
});
export const cond = (description: string, rest: Note = {}): Shape => ({ type: "cond", description, ...rest });
export const dict = (description: string, rest: Rest<DictShape> = {}): Shape => ({
  type: "dict",
  description,
  ...rest,
});
export const word = (
  words: readonly string[],
  description: string,
  rest: Note & { templated?: boolean } = {},
): Shape => ({
  type: "word",
  words,
  description,
  ...rest,
});
export const list = (items: Shape, description: string, rest: Omit<Rest<ListShape>, "items"> = {}): Shape => ({
  type: "list",
  items,
  description,
  ...rest,
});
export const keys = (
  description: string,
  fields: KeysShape["keys"],
  rest: Omit<Rest<KeysShape>, "keys"> = {},
): Note & KeysShape => ({ type: "keys", keys: fields, description, ...rest });
