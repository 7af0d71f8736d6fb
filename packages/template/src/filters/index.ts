import { ENCODING } from "./encoding.ts";
import type { Filter } from "./filter.ts";
import { LAYOUT } from "./layout.ts";
import { LISTS } from "./lists.ts";
import { MARKUP } from "./markup.ts";
import { NUMBERS } from "./numbers.ts";
import { mapFilter, SELECTION } from "./select.ts";
import { STRINGS } from "./strings.ts";

/** Every filter of DSL §8.5 and of Jinja2, by name. */
export const FILTERS: ReadonlyMap<string, Filter> = new Map([
  ...STRINGS,
  ...NUMBERS,
  ...LISTS,
  ...SELECTION,
  ...ENCODING,
  ...LAYOUT,
  ...MARKUP,
  ["map", mapFilter(() => FILTERS)],
]);

/** Filters whose result is a new list: it may be changed by `append` and the like (decision 52). */
export const FRESH: ReadonlySet<string> = new Set([
  "list",
  "items",
  "keys",
  "values",
  "sort",
  "dictsort",
  "unique",
  "batch",
  "slice",
  "map",
  "select",
  "reject",
  "selectattr",
  "rejectattr",
  "split",
  "reverse",
  "groupby",
  "fromjson",
  "from_json",
]);
