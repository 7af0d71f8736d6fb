import { fail } from "../error.ts";
import type { Node, Parameter, Tag, Target } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { noArguments, parseExpression, parseFilter, parseFilters, parsePostfix, parseTuple } from "./expression.ts";
import { parsePrimary } from "./primary.ts";

const UNSUPPORTED: ReadonlySet<string> = new Set([
  "include",
  "import",
  "from",
  "extends",
  "block",
  "endblock",
  "autoescape",
  "endautoescape",
  "trans",
  "endtrans",
  "pluralize",
  "debug",
]);
const ENDS: ReadonlySet<string> = new Set(["if", "for", "set", "with", "macro", "call", "filter"]);

/** The head of one statement tag; whether tags fit together is for `structure.ts`. */
export function parseTag(cursor: Cursor): Tag {
  const { value: word, at } = cursor.expectName();
  const tag = parseHead(cursor, word, at);
  cursor.expectEnd();
  return tag;
}

function parseHead(cursor: Cursor, word: string, at: number): Tag {
  switch (word) {
    case "if":
    case "elif":
      return { t: word, test: parseTuple(cursor), at };
    case "else":
    case "break":
    case "continue":
      return { t: word, at };
    case "for":
      return parseFor(cursor, at);
    case "set":
      return parseSet(cursor, at);
    case "with":
      return parseWith(cursor, at);
    case "macro":
      return parseMacro(cursor, at);
    case "call":
      return parseCall(cursor, at);
    case "filter":
      return { t: "filterblock", filter: parseFilters(cursor, parseFilter(cursor, undefined)), at };
    case "do":
      return { t: "do", value: parseTuple(cursor), at };
  }
  if (word.startsWith("end") && ENDS.has(word.slice(3))) {
    if (word === "endmacro" && cursor.peek().kind === "name") cursor.next();
    return { t: "end", of: word.slice(3), at };
  }
  const place = { unit: cursor.unit, offset: at };
  if (UNSUPPORTED.has(word)) {
    fail(
      place,
      "E_TPL_STMT",
      `the statement '${word}' is not supported`,
      "a template stands alone: it cannot load others",
    );
  }
  return fail(place, "E_TPL_SYNTAX", `unknown statement '${word}'`);
}

function parseFor(cursor: Cursor, at: number): Tag {
  const target = parseTargets(cursor);
  if (!cursor.takeName("in")) cursor.unexpected("'in'");
  const source = parseTuple(cursor, false);
  const filter = cursor.takeName("if") ? parseExpression(cursor) : undefined;
  return { t: "for", target, source, filter, recursive: cursor.takeName("recursive"), at };
}

function parseSet(cursor: Cursor, at: number): Tag {
  const target = parseTargets(cursor);
  if (cursor.takeOp("=")) return { t: "set", target, value: parseTuple(cursor), at };
  const filter = cursor.takeOp("|") ? parseFilters(cursor, parseFilter(cursor, undefined)) : undefined;
  return { t: "setblock", target, filter, at };
}

function parseWith(cursor: Cursor, at: number): Tag {
  const bindings: { target: Target; value: Node }[] = [];
  while (cursor.peek().kind !== "end") {
    if (bindings.length > 0) cursor.expectOp(",");
    const target = parseTarget(cursor);
    cursor.expectOp("=");
    bindings.push({ target, value: parseExpression(cursor) });
  }
  return { t: "with", bindings, at };
}

function parseMacro(cursor: Cursor, at: number): Tag {
  const name = cursor.expectName().value;
  cursor.expectOp("(");
  return { t: "macro", name, parameters: parseParameters(cursor), at };
}

function parseCall(cursor: Cursor, at: number): Tag {
  const parameters = cursor.takeOp("(") ? parseParameters(cursor) : [];
  const call = parsePostfix(cursor, parsePrimary(cursor));
  if (call.t === "call") return { t: "call", parameters, call, at };
  if (call.t === "name")
    return { t: "call", parameters, call: { t: "call", callee: call, args: noArguments(), at }, at };
  return cursor.unexpected("a call");
}

function parseParameters(cursor: Cursor): Parameter[] {
  const parameters: Parameter[] = [];
  while (!cursor.takeOp(")")) {
    const { value: name } = cursor.expectName();
    parameters.push({ name, fallback: cursor.takeOp("=") ? parseExpression(cursor) : undefined });
    if (!cursor.isOp(")")) cursor.expectOp(",");
  }
  return parameters;
}

function parseTargets(cursor: Cursor): Target {
  const at = cursor.peek().at;
  const first = parseTarget(cursor);
  if (!cursor.isOp(",")) return first;
  const targets = [first];
  while (cursor.takeOp(",")) {
    if (cursor.isName("in") || cursor.isOp("=") || cursor.isOp(")")) break;
    targets.push(parseTarget(cursor));
  }
  return { t: "unpack", targets, at };
}

function parseTarget(cursor: Cursor): Target {
  const { at } = cursor.peek();
  if (cursor.takeOp("(")) {
    return cursor.nested(() => {
      const inner = parseTargets(cursor);
      cursor.expectOp(")");
      return inner;
    });
  }
  const { value: name } = cursor.expectName();
  if (cursor.takeOp(".")) return { t: "member", object: name, key: cursor.expectName().value, at };
  return { t: "var", name, at };
}
