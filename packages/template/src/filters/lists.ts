import { fail } from "../error.ts";
import { item } from "../value/access.ts";
import { add } from "../value/arithmetic.ts";
import { characters } from "../value/characters.ts";
import { equals, lengthOf } from "../value/compare.ts";
import { entriesOf, listOf } from "../value/iterate.ts";
import { plain, plainSequence } from "../value/kind.ts";
import { text } from "../value/text.ts";
import { attributeGetter, folded, sorted, sortGetter, sortOrder } from "./attribute.ts";
import type { Filter } from "./filter.ts";
import { arg, flagArg, textArg, wholeArg } from "./filter.ts";
import { Group } from "./group.ts";

const first: Filter = (value, _args, run, at) => listOf(value, run, at)[0];
const last: Filter = (value, _args, run, at) => listOf(value, run, at).at(-1);
const list: Filter = (value, _args, run, at) => [...listOf(value, run, at)];
const length: Filter = (value, _args, _run, at) => lengthOf(value, at);
const items: Filter = (value, _args, run, at) => entriesOf(value, run, at);
const keys: Filter = (value, _args, run, at) => entriesOf(value, run, at).map(([key]) => key);
const values: Filter = (value, _args, run, at) => entriesOf(value, run, at).map(([, item]) => item);

const join: Filter = (value, args, run, at) => {
  const separator = textArg(args, 0, "d", "");
  const attribute = arg(args, 1, "attribute");
  const get = attribute === undefined ? undefined : attributeGetter(attribute, at);
  const parts = listOf(value, run, at).map((item) => text(get ? get(item) : item, run.limits.outputBytes));
  run.fits(
    parts.reduce((sum, part) => sum + part.length + separator.length, 0),
    at,
  );
  return parts.join(separator);
};

const reverse: Filter = (value, _args, run, at) => {
  const v = plainSequence(value);
  return typeof v === "string" ? characters(v).reverse().join("") : [...listOf(v, run, at)].reverse();
};

const sort: Filter = (value, args, run, at) => {
  const get = sortGetter(arg(args, 2, "attribute"), at);
  const caseSensitive = flagArg(args, 1, "case_sensitive", false);
  const key = (item: unknown) => folded(get(item), caseSensitive);
  const values = listOf(value, run, at);
  // equal items keep their order in both directions
  return flagArg(args, 0, "reverse", false)
    ? sorted([...values].reverse(), key, run, at).reverse()
    : sorted(values, key, run, at);
};

const dictsort: Filter = (value, args, run, at) => {
  const caseSensitive = flagArg(args, 0, "case_sensitive", false);
  const by = textArg(args, 1, "by", "key");
  if (by !== "key" && by !== "value") fail(at, "E_TPL_VALUE", "dictsort sorts by 'key' or by 'value'");
  const key = (pair: unknown) => folded((pair as [string, unknown])[by === "key" ? 0 : 1], caseSensitive);
  const out = sorted(entriesOf(value, run, at), key, run, at);
  return flagArg(args, 2, "reverse", false) ? out.reverse() : out;
};

const unique: Filter = (value, args, run, at) => {
  const caseSensitive = flagArg(args, 0, "case_sensitive", false);
  const attribute = arg(args, 1, "attribute");
  const get = attribute === undefined ? (entry: unknown) => entry : attributeGetter(attribute, at);
  const scalars = new Set<unknown>();
  const others: unknown[] = [];
  return listOf(value, run, at).filter((entry) => {
    const key = plain(folded(get(entry), caseSensitive));
    if (typeof key !== "object" || key === null) {
      // true and 1 are one value, as everywhere
      const scalar = typeof key === "boolean" ? Number(key) : (key ?? null);
      return scalars.size !== scalars.add(scalar).size;
    }
    run.charge(others.length, at);
    if (others.some((other) => equals(other, key))) return false;
    others.push(key);
    return true;
  });
};

const batch: Filter = (value, args, run, at) => {
  const size = wholeArg(args, 0, "linecount", 0, at);
  if (size < 1) fail(at, "E_TPL_VALUE", "batch needs a size of at least 1");
  const fill = arg(args, 1, "fill_with");
  const source = listOf(value, run, at);
  const out: unknown[][] = [];
  for (let i = 0; i < source.length; i += size) out.push(source.slice(i, i + size));
  const tail = out.at(-1);
  if (tail && fill !== undefined && fill !== null) {
    run.charge(size, at);
    while (tail.length < size) tail.push(fill);
  }
  return out;
};

const slice: Filter = (value, args, run, at) => {
  const count = wholeArg(args, 0, "slices", 0, at);
  if (count < 1) fail(at, "E_TPL_VALUE", "slice needs at least 1 column");
  const fill = arg(args, 1, "fill_with");
  const source = listOf(value, run, at);
  run.charge(count, at);
  const size = Math.floor(source.length / count);
  const longer = source.length % count;
  const out: unknown[][] = [];
  for (let i = 0, from = 0; i < count; i++) {
    const to = from + size + (i < longer ? 1 : 0);
    const part = source.slice(from, to);
    if (fill !== undefined && fill !== null && i >= longer) part.push(fill);
    out.push(part);
    from = to;
  }
  return out;
};

const sum: Filter = (value, args, run, at) => {
  const attribute = plain(arg(args, 0, "attribute"));
  const get = attribute === undefined || attribute === null ? undefined : attributeGetter(attribute, at);
  let total: unknown = arg(args, 1, "start") ?? 0;
  for (const item of listOf(value, run, at)) total = add(total, get ? get(item) : item, run, at);
  return total;
};

function extreme(sign: 1 | -1): Filter {
  return (value, args, run, at) => {
    const caseSensitive = flagArg(args, 0, "case_sensitive", false);
    const attribute = arg(args, 1, "attribute");
    const get = attribute === undefined ? (entry: unknown) => entry : attributeGetter(attribute, at);
    let best: { item: unknown; key: unknown } | undefined;
    for (const item of listOf(value, run, at)) {
      const key = folded(get(item), caseSensitive);
      if (!best || sortOrder(key, best.key, run, at) * sign < 0) best = { item, key };
    }
    return best?.item;
  };
}

const groupby: Filter = (value, args, run, at) => {
  const get = attributeGetter(arg(args, 0, "attribute"), at, arg(args, 1, "default"));
  const caseSensitive = flagArg(args, 2, "case_sensitive", false);
  const key = (item: unknown) => folded(get(item), caseSensitive);
  const groups: { grouper: unknown; key: unknown; list: unknown[] }[] = [];
  for (const item of sorted(listOf(value, run, at), key, run, at)) {
    const current = groups.at(-1);
    const k = key(item);
    if (current && equals(current.key, k)) current.list.push(item);
    else groups.push({ grouper: get(item), key: k, list: [item] });
  }
  return groups.map(({ grouper, list: members }) => new Group(grouper, members));
};

const random: Filter = (value, _args, run, at) => {
  const source = listOf(value, run, at);
  return source[Math.floor(run.random() * source.length)];
};

const get: Filter = (value, args, _run, at) => {
  const found = item(value, arg(args, 0, "key"), at);
  return found === undefined ? arg(args, 1, "default") : found;
};

export const LISTS: readonly (readonly [string, Filter])[] = [
  ["first", first],
  ["last", last],
  ["list", list],
  ["length", length],
  ["count", length],
  ["len", length],
  ["items", items],
  ["keys", keys],
  ["values", values],
  ["join", join],
  ["reverse", reverse],
  ["sort", sort],
  ["dictsort", dictsort],
  ["unique", unique],
  ["batch", batch],
  ["slice", slice],
  ["sum", sum],
  ["min", extreme(1)],
  ["max", extreme(-1)],
  ["groupby", groupby],
  ["random", random],
  ["get", get],
];
