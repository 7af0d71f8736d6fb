import type { At } from "../error.ts";
import type { Run } from "../run.ts";
import type { TolerantText, View } from "../types.ts";
import { TOLERANT, VIEW } from "../types.ts";

export type PlainMap = { [key: string]: unknown };

/** What templates can call: macros, `caller`, `loop`, cyclers, global functions. Host functions are never callable. */
export abstract class Callable implements View {
  readonly [VIEW] = true as const;
  abstract invoke(args: CallArguments, run: Run, at: At): unknown;
  attribute(_key: string | number): unknown {
    return undefined;
  }
  native(): unknown {
    return null;
  }
  sequence(): unknown {
    return null;
  }
  truth(): boolean {
    return true;
  }
}

export interface CallArguments {
  readonly positional: readonly unknown[];
  readonly named: ReadonlyMap<string, unknown> | undefined;
}

export function isView(value: unknown): value is View {
  return typeof value === "object" && value !== null && (value as Partial<View>)[VIEW] === true;
}

export function isTolerant(value: unknown): value is TolerantText {
  return typeof value === "object" && value !== null && (value as Partial<TolerantText>)[TOLERANT] === true;
}

/** Only for objects: no list, no view, no tolerant text. */
export function isMap(value: unknown): value is PlainMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    (value as Partial<View>)[VIEW] !== true &&
    (value as Partial<TolerantText>)[TOLERANT] !== true
  );
}

/** Views become JSON, tolerant text becomes text; anything else stays. */
export function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ((value as Partial<View>)[VIEW] === true) return plain((value as View).native());
  return isTolerant(value) ? value.text : value;
}

/** As `plain`, but a view shows what it iterates over. */
export function plainSequence(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ((value as Partial<View>)[VIEW] === true) return plain((value as View).sequence());
  return isTolerant(value) ? value.text : value;
}

export function typeName(value: unknown): string {
  const v = plain(value);
  if (v === undefined) return "undefined";
  if (v === null) return "null";
  if (typeof v === "string") return "text";
  if (typeof v === "boolean") return "a boolean";
  if (typeof v === "number" || typeof v === "bigint") return "a number";
  return Array.isArray(v) ? "a list" : "a map";
}

/** Assigns any key as a plain own property; `__proto__` is a key like others. */
export function put(target: PlainMap, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else target[key] = value;
}

export function own(target: PlainMap, key: string): unknown {
  return Object.hasOwn(target, key) ? target[key] : undefined;
}
