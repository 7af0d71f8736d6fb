import { fail } from "../error.ts";
import type { Arguments, BinaryOp, CompareOp, Node } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { checkFilter, checkTest } from "./known.ts";
import { parsePrimary } from "./primary.ts";

const MAX_CHAIN = 1_000;
const BINARY: readonly (readonly BinaryOp[])[] = [["+", "-"], ["*", "/", "//", "%"], ["**"]];
const COMPARE: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="]);
/** Names that end a test written without parentheses: `x is odd and …` */
const AFTER_TEST: ReadonlySet<string> = new Set(["and", "or", "not", "if", "else", "is", "in", "recursive"]);

/** `a`, or `a, b` as a tuple: what stands in `{{ }}` and right of `=` (DSL §8.2). */
export function parseTuple(cursor: Cursor, withChoice = true): Node {
  const one = () => (withChoice ? parseExpression(cursor) : parseOr(cursor));
  const at = cursor.peek().at;
  const first = one();
  if (!cursor.isOp(",")) return first;
  const items = [first];
  while (cursor.takeOp(",")) {
    const token = cursor.peek();
    if (token.kind === "end" || cursor.isOp("=")) break;
    items.push(one());
  }
  return { t: "list", items, tuple: true, at };
}

export function parseExpression(cursor: Cursor): Node {
  return cursor.nested(() => {
    let value = parseOr(cursor);
    for (let chain = 0; cursor.isName("if"); chain++) {
      bounded(cursor, chain);
      const { at } = cursor.next();
      const test = parseOr(cursor);
      const otherwise = cursor.takeName("else") ? parseExpression(cursor) : undefined;
      value = { t: "choice", test, yes: value, no: otherwise, at };
    }
    return value;
  });
}

export function parseOr(cursor: Cursor): Node {
  return parseChain(cursor, "or", () => parseChain(cursor, "and", () => parseNot(cursor)));
}

function parseChain(cursor: Cursor, word: "and" | "or", operand: () => Node): Node {
  const first = operand();
  if (!cursor.isName(word)) return first;
  const parts = [first];
  while (cursor.takeName(word)) parts.push(operand());
  return { t: word, parts, at: first.at };
}

function parseNot(cursor: Cursor): Node {
  if (!cursor.isName("not")) return parseCompare(cursor);
  return cursor.nested(() => {
    const { at } = cursor.next();
    return { t: "not", operand: parseNot(cursor), at };
  });
}

function parseCompare(cursor: Cursor): Node {
  const first = parseBinary(cursor, 0);
  const rest: { op: CompareOp; operand: Node; at: number }[] = [];
  for (;;) {
    const at = cursor.peek().at;
    const op = takeComparison(cursor);
    if (op === undefined) break;
    rest.push({ op, operand: parseBinary(cursor, 0), at });
  }
  return rest.length === 0 ? first : { t: "compare", first, rest, at: first.at };
}

function takeComparison(cursor: Cursor): CompareOp | undefined {
  const token = cursor.peek();
  if (token.kind === "op" && COMPARE.has(token.value)) {
    cursor.next();
    return token.value as CompareOp;
  }
  if (cursor.takeName("in")) return "in";
  if (cursor.isName("not") && cursor.isName("in", 1)) {
    cursor.next();
    cursor.next();
    return "not in";
  }
  return undefined;
}

/** Levels 6 to 9 of DSL §8.2; `~` sits between sums and products. */
function parseBinary(cursor: Cursor, level: 0 | 1 | 2): Node {
  const operand = () =>
    level === 2 ? parseUnary(cursor, true) : level === 1 ? parseBinary(cursor, 2) : parseConcat(cursor);
  const ops: readonly string[] = BINARY[level] ?? [];
  let left = operand();
  for (let chain = 0; ; chain++) {
    const token = cursor.peek();
    if (token.kind !== "op" || !ops.includes(token.value)) return left;
    bounded(cursor, chain);
    cursor.next();
    left = { t: "binary", op: token.value as BinaryOp, left, right: operand(), at: token.at };
  }
}

function parseConcat(cursor: Cursor): Node {
  const first = parseBinary(cursor, 1);
  if (!cursor.isOp("~")) return first;
  const parts = [first];
  const at = cursor.peek().at;
  while (cursor.takeOp("~")) parts.push(parseBinary(cursor, 1));
  return { t: "concat", parts, at };
}

function parseUnary(cursor: Cursor, withFilter: boolean): Node {
  const sign = cursor.isOp("-") || cursor.isOp("+");
  const node = sign
    ? cursor.nested((): Node => {
        const token = cursor.next();
        return { t: "sign", negative: token.value === "-", operand: parseUnary(cursor, false), at: token.at };
      })
    : parsePrimary(cursor);
  const value = parsePostfix(cursor, node);
  return withFilter ? parseFilters(cursor, value) : value;
}

export function parsePostfix(cursor: Cursor, start: Node): Node {
  let node = start;
  for (let chain = 0; ; chain++) {
    const { at } = cursor.peek();
    if (cursor.takeOp(".")) node = parseMember(cursor, node, at);
    else if (cursor.takeOp("[")) node = parseSubscript(cursor, node, at);
    else if (cursor.takeOp("(")) node = { t: "call", callee: node, args: parseArguments(cursor), at };
    else return node;
    bounded(cursor, chain);
  }
}

function parseMember(cursor: Cursor, object: Node, at: number): Node {
  const token = cursor.peek();
  if (token.kind !== "name" && token.kind !== "number") cursor.unexpected("a name behind '.'");
  cursor.next();
  return { t: "attr", object, key: typeof token.value === "bigint" ? String(token.value) : token.value, at };
}

function parseSubscript(cursor: Cursor, object: Node, at: number): Node {
  const part = () => (cursor.isOp(":") || cursor.isOp("]") ? undefined : cursor.nested(() => parseExpression(cursor)));
  const from = part();
  if (from !== undefined && cursor.takeOp("]")) return { t: "item", object, key: from, at };
  if (!cursor.takeOp(":")) cursor.unexpected(from === undefined ? "an index" : "']'");
  const to = part();
  const step = cursor.takeOp(":") ? part() : undefined;
  cursor.expectOp("]");
  return { t: "slice", object, from, to, step, at };
}

/** Filters and tests, left to right (DSL §8.2 level 10). `input` is undefined in `{% filter %}`. */
export function parseFilters(cursor: Cursor, start: Node): Node {
  let node = start;
  for (let chain = 0; ; chain++) {
    if (cursor.takeOp("|")) node = parseFilter(cursor, node);
    else if (cursor.isName("is")) node = parseTest(cursor, node);
    else if (cursor.isOp("(")) {
      const { at } = cursor.next();
      node = { t: "call", callee: node, args: parseArguments(cursor), at };
    } else return node;
    bounded(cursor, chain);
  }
}

export function parseFilter(cursor: Cursor, input: Node | undefined): Node {
  const { value: name, at } = cursor.expectName();
  checkFilter(name, { unit: cursor.unit, offset: at });
  return { t: "filter", input, name, args: cursor.takeOp("(") ? parseArguments(cursor) : noArguments(), at };
}

function parseTest(cursor: Cursor, input: Node): Node {
  cursor.next();
  const negated = cursor.takeName("not");
  const { value: name, at } = cursor.expectName();
  checkTest(name, { unit: cursor.unit, offset: at });
  const test: Node = { t: "test", input, name, args: parseTestArguments(cursor), at };
  return negated ? { t: "not", operand: test, at } : test;
}

function parseTestArguments(cursor: Cursor): Arguments {
  if (cursor.takeOp("(")) return parseArguments(cursor);
  const token = cursor.peek();
  const starts =
    token.kind === "string" ||
    token.kind === "number" ||
    (token.kind === "name" && !AFTER_TEST.has(token.value)) ||
    cursor.isOp("[") ||
    cursor.isOp("{");
  if (!starts) return noArguments();
  return { ...noArguments(), positional: [parsePostfix(cursor, parsePrimary(cursor))] };
}

export function noArguments(): Arguments {
  return { positional: [], named: [], spread: undefined, spreadNamed: undefined };
}

/** Behind `(`, up to and with `)`. */
export function parseArguments(cursor: Cursor): Arguments {
  const args = noArguments();
  while (!cursor.takeOp(")")) {
    if (cursor.takeOp("**")) args.spreadNamed = parseExpression(cursor);
    else if (cursor.takeOp("*")) args.spread = parseExpression(cursor);
    else if (cursor.peek().kind === "name" && cursor.isOp("=", 1)) {
      const name = cursor.expectName().value;
      cursor.next();
      args.named.push({ name, value: parseExpression(cursor) });
    } else {
      if (args.named.length > 0 || args.spreadNamed) cursor.unexpected("a named argument");
      args.positional.push(parseExpression(cursor));
    }
    if (!cursor.isOp(")")) cursor.expectOp(",");
  }
  return args;
}

function bounded(cursor: Cursor, chain: number): void {
  if (chain <= MAX_CHAIN) return;
  fail({ unit: cursor.unit, offset: cursor.peek().at }, "E_TPL_LIMIT", "the expression is too long");
}
