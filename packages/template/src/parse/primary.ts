import type { Node } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression } from "./expression.ts";

const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", null],
  ["None", null],
  ["null", null],
]);
const RESERVED: ReadonlySet<string> = new Set(["and", "or", "not", "if", "else", "in", "is"]);

/** Literals, names, parentheses, lists and maps (DSL §8.1). */
export function parsePrimary(cursor: Cursor): Node {
  const token = cursor.peek();
  const { at } = token;
  if (token.kind === "name") {
    if (RESERVED.has(token.value)) cursor.unexpected("an expression");
    cursor.next();
    const literal = LITERALS.get(token.value);
    return literal === undefined ? { t: "name", name: token.value, at } : { t: "literal", value: literal, at };
  }
  if (token.kind === "string") return { t: "literal", value: adjacentStrings(cursor), at };
  if (token.kind === "number") {
    cursor.next();
    return { t: "literal", value: token.value, at };
  }
  if (cursor.takeOp("(")) return cursor.nested(() => parseParenthesis(cursor, at));
  if (cursor.takeOp("[")) return cursor.nested(() => ({ t: "list", items: parseItems(cursor, "]"), tuple: false, at }));
  if (cursor.takeOp("{")) return cursor.nested(() => parseDict(cursor, at));
  return cursor.unexpected("an expression");
}

function adjacentStrings(cursor: Cursor): string {
  let text = "";
  for (let token = cursor.peek(); token.kind === "string"; token = cursor.peek()) {
    text += token.value;
    cursor.next();
  }
  return text;
}

function parseParenthesis(cursor: Cursor, at: number): Node {
  if (cursor.takeOp(")")) return { t: "list", items: [], tuple: true, at };
  const first = parseExpression(cursor);
  if (cursor.takeOp(")")) return first;
  cursor.expectOp(",");
  return { t: "list", items: [first, ...parseItems(cursor, ")")], tuple: true, at };
}

function parseItems(cursor: Cursor, close: string): Node[] {
  const items: Node[] = [];
  while (!cursor.takeOp(close)) {
    items.push(parseExpression(cursor));
    if (!cursor.isOp(close)) cursor.expectOp(",");
  }
  return items;
}

function parseDict(cursor: Cursor, at: number): Node {
  const entries: { key: Node; value: Node }[] = [];
  while (!cursor.takeOp("}")) {
    const key = parseExpression(cursor);
    cursor.expectOp(":");
    entries.push({ key, value: parseExpression(cursor) });
    if (!cursor.isOp("}")) cursor.expectOp(",");
  }
  return { t: "dict", entries, at };
}
