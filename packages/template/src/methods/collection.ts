import type { At } from "../error.ts";
import { fail } from "../error.ts";
import { sorted } from "../filters/attribute.ts";
import { arg, flagArg, wholeArg } from "../filters/filter.ts";
import type { Run } from "../run.ts";
import { equals } from "../value/compare.ts";
import { entriesOf, listOf } from "../value/iterate.ts";
import type { CallArguments, PlainMap } from "../value/kind.ts";
import { isMap, plain, put } from "../value/kind.ts";
import { text } from "../value/text.ts";

type ListMethod = (list: unknown[], args: CallArguments, run: Run, at: At) => unknown;
type MapMethod = (map: PlainMap, args: CallArguments, run: Run, at: At) => unknown;

const position: ListMethod = (list, args, _run, at) => {
  const index = list.findIndex((item) => equals(item, args.positional[0]));
  return index < 0 ? fail(at, "E_TPL_VALUE", "the value is not in the list") : index;
};

export const LIST_METHODS: ReadonlyMap<string, ListMethod> = new Map<string, ListMethod>([
  ["index", position],
  ["count", (list, args) => list.filter((item) => equals(item, args.positional[0])).length],
  ["copy", (list, _args, run) => run.made([...list])],
]);

export const LIST_MUTATORS: ReadonlyMap<string, ListMethod> = new Map<string, ListMethod>([
  ["append", nothing((list, args) => list.push(args.positional[0]))],
  ["extend", nothing((list, args, run, at) => append(list, [...listOf(args.positional[0], run, at)]))],
  ["insert", nothing((list, args, _run, at) => list.splice(wholeArg(args, 0, "index", 0, at), 0, args.positional[1]))],
  ["remove", nothing((list, args, run, at) => list.splice(Number(position(list, args, run, at)), 1))],
  ["clear", nothing((list) => list.splice(0))],
  ["reverse", nothing((list) => list.reverse())],
  ["sort", nothing(sortInPlace)],
  ["pop", popItem],
]);

export const MAP_METHODS: ReadonlyMap<string, MapMethod> = new Map<string, MapMethod>([
  ["get", (map, args) => lookUp(map, args) ?? arg(args, 1, "default") ?? null],
  ["keys", (map, _args, run) => run.made(Object.keys(map))],
  ["values", (map, _args, run) => run.made(Object.values(map))],
  ["items", (map, _args, run) => run.made(Object.entries(map))],
  ["copy", (map, _args, run) => run.made(copyOf(map))],
]);

export const MAP_MUTATORS: ReadonlyMap<string, MapMethod> = new Map<string, MapMethod>([
  ["update", (map, args, run, at) => update(map, args, run, at)],
  ["setdefault", setDefault],
  ["pop", popKey],
  ["popitem", popLast],
  [
    "clear",
    (map) => {
      for (const key of Object.keys(map)) delete map[key];
      return null;
    },
  ],
]);

function nothing(change: ListMethod): ListMethod {
  return (list, args, run, at) => {
    run.charge(1, at);
    change(list, args, run, at);
    return null;
  };
}

function append(list: unknown[], more: readonly unknown[]): void {
  for (const item of more) list.push(item);
}

function sortInPlace(list: unknown[], args: CallArguments, run: Run, at: At): void {
  run.charge(list.length, at);
  const out = sorted(list, (item) => item, run, at);
  if (flagArg(args, 1, "reverse", false)) out.reverse();
  for (const [i, item] of out.entries()) list[i] = item;
}

function popItem(list: unknown[], args: CallArguments, _run: Run, at: At): unknown {
  const index = wholeArg(args, 0, "index", -1, at);
  const real = index < 0 ? index + list.length : index;
  if (real < 0 || real >= list.length) fail(at, "E_TPL_VALUE", "the list has no such item to take");
  return list.splice(real, 1)[0];
}

function keyOf(args: CallArguments): string {
  return text(plain(args.positional[0]));
}

function lookUp(map: PlainMap, args: CallArguments): unknown {
  const key = keyOf(args);
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function copyOf(map: PlainMap): PlainMap {
  const out: PlainMap = {};
  for (const [key, value] of Object.entries(map)) put(out, key, value);
  return out;
}

function update(map: PlainMap, args: CallArguments, run: Run, at: At): null {
  const source = plain(args.positional[0]);
  const pairs = isMap(source) || source === undefined ? entriesOf(source, run, at) : listOf(source, run, at);
  for (const pair of pairs) {
    const [key, value] = listOf(pair, run, at);
    put(map, text(key), value);
  }
  for (const [key, value] of args.named ?? []) put(map, key, value);
  return null;
}

function setDefault(map: PlainMap, args: CallArguments): unknown {
  const key = keyOf(args);
  if (!Object.hasOwn(map, key)) put(map, key, args.positional[1] ?? null);
  return map[key];
}

function popKey(map: PlainMap, args: CallArguments, _run: Run, at: At): unknown {
  const key = keyOf(args);
  if (!Object.hasOwn(map, key)) {
    if (args.positional.length < 2) fail(at, "E_TPL_VALUE", `the map has no key '${key}'`);
    return args.positional[1];
  }
  const value = map[key];
  delete map[key];
  return value;
}

function popLast(map: PlainMap, _args: CallArguments, _run: Run, at: At): unknown {
  const last = Object.entries(map).at(-1);
  if (!last) return fail(at, "E_TPL_VALUE", "the map is empty");
  delete map[last[0]];
  return last;
}
