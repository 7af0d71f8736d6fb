import type { At } from "./error.ts";
import { fail } from "./error.ts";
import { FILTERS } from "./filters/index.ts";
import type { Run } from "./run.ts";
import { equals, contains as isIn, order } from "./value/compare.ts";
import type { CallArguments } from "./value/kind.ts";
import { Callable, isMap, plain, plainSequence, typeName } from "./value/kind.ts";
import { asNumber, isInteger } from "./value/number.ts";
import { text } from "./value/text.ts";

/** `value is name(args)` */
export type Test = (value: unknown, args: CallArguments, run: Run, at: At) => boolean;

const operand = (args: CallArguments): unknown => args.positional[0];

const equal: Test = (value, args) => equals(value, operand(args));
const less: Test = (value, args, run, at) => order(value, operand(args), run, at) < 0;
const atMost: Test = (value, args, run, at) => order(value, operand(args), run, at) <= 0;
const greater: Test = (value, args, run, at) => order(value, operand(args), run, at) > 0;
const atLeast: Test = (value, args, run, at) => order(value, operand(args), run, at) >= 0;

const number: Test = (value) => asNumber(plain(value)) !== undefined;

function remainderOf(value: unknown, divisor: unknown, at: At): number {
  const n = asNumber(plain(value));
  const d = asNumber(plain(divisor));
  if (n === undefined || d === undefined) return fail(at, "E_TPL_TYPE", `expected a number, not ${typeName(value)}`);
  if (Number(d) === 0) fail(at, "E_TPL_VALUE", "division by zero");
  if (typeof n === "number" && typeof d === "number") return Math.abs(n % d);
  return Number(BigInt(n) % BigInt(d));
}

function isSequence(value: unknown): boolean {
  const v = plainSequence(value);
  return typeof v === "string" || Array.isArray(v) || isMap(v);
}

/** Identity for containers, value and kind for scalars. */
const same: Test = (value, args) => {
  const a = plain(value);
  const b = plain(operand(args));
  return a === b;
};

const cased =
  (change: (source: string) => string): Test =>
  (value) => {
    const source = text(value);
    return change(source) === source && source.toLowerCase() !== source.toUpperCase();
  };

/** Every test of DSL §8.6 and of Jinja2, by name. */
export const TESTS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ["defined", (value) => value !== undefined],
  ["undefined", (value) => value === undefined],
  ["none", (value) => plain(value) === null],
  ["null", (value) => plain(value) === null],
  ["true", (value) => plain(value) === true],
  ["false", (value) => plain(value) === false],
  ["boolean", (value) => typeof plain(value) === "boolean"],
  ["number", number],
  ["integer", (value) => isNumber(plain(value), true)],
  ["float", (value) => isNumber(plain(value), false)],
  ["string", (value) => typeof plain(value) === "string"],
  ["mapping", (value) => isMap(plain(value))],
  ["sequence", isSequence],
  ["iterable", (value) => value === undefined || isSequence(value)],
  ["callable", (value) => value instanceof Callable],
  ["escaped", () => false],
  ["even", (value, _args, _run, at) => remainderOf(value, 2, at) === 0],
  ["odd", (value, _args, _run, at) => remainderOf(value, 2, at) === 1],
  ["divisibleby", (value, args, _run, at) => remainderOf(value, operand(args), at) === 0],
  ["lower", cased((source) => source.toLowerCase())],
  ["upper", cased((source) => source.toUpperCase())],
  ["in", (value, args, run, at) => isIn(operand(args), value, run, at)],
  ["sameas", same],
  ["eq", equal],
  ["equalto", equal],
  ["==", equal],
  ["ne", (value, args) => !equals(value, operand(args))],
  ["!=", (value, args) => !equals(value, operand(args))],
  ["lt", less],
  ["lessthan", less],
  ["<", less],
  ["le", atMost],
  ["<=", atMost],
  ["gt", greater],
  ["greaterthan", greater],
  [">", greater],
  ["ge", atLeast],
  [">=", atLeast],
  ["filter", (value) => FILTERS.has(text(value))],
  ["test", (value) => TESTS.has(text(value))],
]);

function isNumber(value: unknown, whole: boolean): boolean {
  return (typeof value === "number" || typeof value === "bigint") && isInteger(value) === whole;
}
