import type { At } from "../error.ts";
import { fail } from "../error.ts";
import type { Run } from "../run.ts";
import { element, member } from "../value/access.ts";
import type { CallArguments } from "../value/kind.ts";
import { Callable, isMap, isView, plain, plainSequence, typeName } from "../value/kind.ts";
import { LIST_METHODS, LIST_MUTATORS, MAP_METHODS, MAP_MUTATORS } from "./collection.ts";
import { STRING_METHODS, stringMethod } from "./string.ts";

/** Methods that change their object; a template that calls none need not remember what it made. */
export function isMutator(name: string): boolean {
  return LIST_MUTATORS.has(name) || MAP_MUTATORS.has(name);
}

export function isMethod(name: string): boolean {
  return STRING_METHODS.has(name) || LIST_METHODS.has(name) || MAP_METHODS.has(name) || isMutator(name);
}

/** `object.name(args)`: a callable member first, then the methods of text, lists and maps (DSL §8.3). */
export function callMethod(object: unknown, name: string, args: CallArguments, run: Run, at: At): unknown {
  if (typeof object === "string") return stringMethod(name, object, args, run, at);
  const own = typeof object === "object" && object !== null ? member(object, name) : undefined;
  if (own instanceof Callable) return own.invoke(args, run, at);
  if (isView(object)) return callViewMethod(object, name, args, run, at);
  return callPlain(plain(object), name, args, run, at);
}

/** A step result has the methods of its map, and of the list it iterates over. */
function callViewMethod(view: unknown, name: string, args: CallArguments, run: Run, at: At): unknown {
  const sequence = plainSequence(view);
  const useSequence = Array.isArray(sequence) && (LIST_METHODS.has(name) || LIST_MUTATORS.has(name));
  if (name === "get" && !useSequence) {
    const key = plain(args.positional[0]);
    const found = typeof key === "number" ? element(view, key) : member(view, String(key));
    return found ?? args.positional[1] ?? null;
  }
  return callPlain(useSequence ? sequence : plain(view), name, args, run, at);
}

function callPlain(value: unknown, name: string, args: CallArguments, run: Run, at: At): unknown {
  if (typeof value === "string") return stringMethod(name, value, args, run, at);
  if (Array.isArray(value)) {
    const method = LIST_METHODS.get(name) ?? changing(LIST_MUTATORS.get(name), value, name, run, at);
    if (method) return method(value, args, run, at);
  } else if (isMap(value)) {
    const method = MAP_METHODS.get(name) ?? changing(MAP_MUTATORS.get(name), value, name, run, at);
    if (method) return method(value, args, run, at);
  }
  if (value === undefined || value === null) {
    return fail(
      at,
      "E_TPL_CALL",
      `'${name}' is called on ${typeName(value)}`,
      "'| default(...)' gives a value to fall back on",
    );
  }
  return fail(at, "E_TPL_CALL", `${typeName(value)} has no method '${name}'`);
}

function changing<T>(method: T | undefined, object: object, name: string, run: Run, at: At): T | undefined {
  if (method === undefined || run.isMade(object)) return method;
  return fail(
    at,
    "E_TPL_CALL",
    `'${name}' would change a value from outside of the template`,
    "make a copy first: '| list', dict(...)",
  );
}
