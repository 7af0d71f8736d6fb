import type { Json, JsonObject } from "@noetl/core";

/** What is wrong with a value: where it is in the config, and the rest of a sentence that begins with its name. */
export interface Problem {
  path: string[];
  text: string;
}

export type Reading<T> = { ok: true; value: T } | { ok: false; problems: Problem[] };

/** One key of a tool's config: how a rendered value is read, and the JSON Schema of what authors write. */
export interface Field<T> {
  readonly schema: JsonObject;
  readonly isOptional: false;
  read(value: Json): Reading<T>;
  optional(): OptionalField<T>;
  describe(description: string): Field<T>;
  /** A further condition; `text` goes on from the key's name: `must be at most 10`. */
  refine(holds: (value: T) => boolean, text: string): Field<T>;
}

export interface OptionalField<T> {
  readonly schema: JsonObject;
  readonly isOptional: true;
  read(value: Json): Reading<T>;
}

export type Fields = { readonly [key: string]: Field<unknown> | OptionalField<unknown> };

type Value<F> = F extends { read(value: Json): Reading<infer T> } ? T : never;
type OptionalKeys<F extends Fields> = { [K in keyof F]: F[K]["isOptional"] extends true ? K : never }[keyof F];

/** The type of a read map of fields. */
export type Read<F extends Fields> = { [K in Exclude<keyof F, OptionalKeys<F>>]: Value<F[K]> } & {
  [K in OptionalKeys<F>]?: Value<F[K]> | undefined;
} & { [unknownKey: string]: unknown };

/** The type that `config` of a tool reads into: `ConfigOf<typeof config>`. */
export type ConfigOf<Make extends () => Field<unknown>> = Value<ReturnType<Make>>;

export function accept<T>(value: T): Reading<T> {
  return { ok: true, value };
}

export function refuse<T>(text: string): Reading<T> {
  return { ok: false, problems: [{ path: [], text }] };
}

export function makeField<T>(schema: JsonObject, read: (value: Json) => Reading<T>): Field<T> {
  return {
    schema,
    isOptional: false,
    read,
    optional: () => ({ schema, isOptional: true, read }),
    describe: (description) => makeField({ ...schema, description }, read),
    refine: (holds, text) =>
      makeField(schema, (value) => {
        const reading = read(value);
        return !reading.ok || holds(reading.value) ? reading : refuse(text);
      }),
  };
}
