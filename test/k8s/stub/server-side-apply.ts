import { isObject } from "@noetl/core";
import {
  at,
  type FieldSet,
  fieldsOf,
  fromFieldsV1,
  keyOfElement,
  shownPath,
  toFieldsV1,
  without,
} from "./field-set.ts";

export type Stored = { [key: string]: unknown; metadata: { [key: string]: unknown } };

interface Entry {
  manager: string;
  operation: "Apply" | "Update";
  apiVersion: string;
  fieldsType: "FieldsV1";
  fieldsV1: object;
  subresource?: string;
}

export interface Conflict {
  manager: string;
  fields: string[];
}

/** Server-side apply as the API does it: conflicts with other owners, fields no longer applied go. */
export function serverSideApply(
  live: Stored | undefined,
  config: Stored,
  { manager, force }: { manager: string; force: boolean },
): { object: Stored } | { conflicts: Conflict[] } {
  const wanted = fieldsOf(config);
  const entries = entriesOf(live);
  const own = entries.find((entry) => entry.manager === manager && entry.operation === "Apply");
  const others = entries.filter((entry) => entry !== own);
  const disputed = others.map((entry) => ({ entry, fields: clashes(entry, wanted, live, config) }));
  const conflicts = disputed.filter(({ fields }) => fields.size > 0);
  if (conflicts.length > 0 && !force) {
    return {
      conflicts: conflicts.map(({ entry, fields }) => ({
        manager: shown(entry),
        fields: [...fields.values()].map(shownPath),
      })),
    };
  }
  let object = merge(live ?? { ...config, metadata: { ...config.metadata } }, config, "") as Stored;
  const kept = disputed.map(({ entry, fields }) => ({
    ...entry,
    fieldsV1: toFieldsV1(minus(fromFieldsV1(entry.fieldsV1), fields)),
  }));
  const ownedElsewhere = new Set(kept.flatMap((entry) => [...fromFieldsV1(entry.fieldsV1).keys()]));
  for (const [key, path] of own ? fromFieldsV1(own.fieldsV1) : []) {
    if (!wanted.has(key) && !ownedElsewhere.has(key)) object = without(object, path) as Stored;
  }
  const entry = entryOf(config, manager, "Apply", wanted);
  return { object: { ...object, metadata: { ...object.metadata, managedFields: [...kept, entry] } } };
}

/** Who changes in another way owns what he set from then on. */
export function recordUpdate(object: Stored, set: Stored, manager: string, subresource?: string): Stored {
  const fields = fieldsOf(set);
  const others = entriesOf(object).filter(
    (entry) => entry.manager !== manager || entry.operation !== "Update" || entry.subresource !== subresource,
  );
  const rest = others.map((entry) => ({ ...entry, fieldsV1: toFieldsV1(minus(fromFieldsV1(entry.fieldsV1), fields)) }));
  const entry = { ...entryOf(object, manager, "Update", fields), ...(subresource !== undefined && { subresource }) };
  return { ...object, metadata: { ...object.metadata, managedFields: [...rest, entry] } };
}

function entryOf(object: Stored, manager: string, operation: Entry["operation"], fields: FieldSet): Entry {
  return {
    manager,
    operation,
    apiVersion: String(object.apiVersion),
    fieldsType: "FieldsV1",
    fieldsV1: toFieldsV1(fields),
  };
}

function entriesOf(object: Stored | undefined): Entry[] {
  return Array.isArray(object?.metadata.managedFields) ? (object.metadata.managedFields as Entry[]) : [];
}

function clashes(entry: Entry, wanted: FieldSet, live: unknown, config: unknown): FieldSet {
  const theirs = fromFieldsV1(entry.fieldsV1);
  return new Map(
    [...wanted].filter(
      ([key, path]) =>
        theirs.has(key) && path.at(-1) !== "." && JSON.stringify(at(live, path)) !== JSON.stringify(at(config, path)),
    ),
  );
}

const minus = (a: FieldSet, b: FieldSet): FieldSet => new Map([...a].filter(([key]) => !b.has(key)));

const shown = ({ manager, subresource, apiVersion }: Entry): string =>
  `"${manager}"${subresource === undefined ? "" : ` with subresource "${subresource}"`} using ${apiVersion}`;

/** The second into the first: objects by key, lists with keys by those, everything else replaced. */
export function merge(base: unknown, patch: unknown, name: string): unknown {
  if (isObject(base) && isObject(patch)) {
    const found: Record<string, unknown> = { ...base };
    for (const [key, value] of Object.entries(patch)) {
      if (value === null) delete found[key];
      else found[key] = merge(found[key], value, key);
    }
    return found;
  }
  if (!Array.isArray(patch) || !Array.isArray(base) || !patch.every((one) => keyOfElement(name, one))) return patch;
  const key = (one: unknown) => JSON.stringify(keyOfElement(name, one));
  const merged = base.map((one) => {
    const found = patch.find((other) => key(other) === key(one));
    return found === undefined ? one : merge(one, found, "");
  });
  return [...merged, ...patch.filter((one) => !base.some((other) => key(other) === key(one)))];
}
