import type { At } from "../error.ts";
import type { BinaryOp, Node } from "../parse/ast.ts";
import { element, item, member } from "../value/access.ts";
import type { Binary } from "../value/arithmetic.ts";
import { add, BINARY, negate } from "../value/arithmetic.ts";
import { slice } from "../value/iterate.ts";
import type { PlainMap } from "../value/kind.ts";
import { plain, put } from "../value/kind.ts";
import { asNumber } from "../value/number.ts";
import { Tuple } from "../value/percent.ts";
import { text } from "../value/text.ts";
import { truthy } from "../value/truth.ts";
import { compileCall, compileFilter, compileTest } from "./call.ts";
import { compileCompare } from "./compare.ts";
import type { Expr } from "./frame.ts";
import { compileName } from "./name.ts";
import type { Scope } from "./scope.ts";

/** `trail` collects the static path behind a name, for the analysis of references. */
export function compileExpression(node: Node, scope: Scope, trail?: readonly string[]): Expr {
  const at: At = { unit: scope.compilation.unit, offset: node.at };
  const compile = (child: Node) => compileExpression(child, scope);
  switch (node.t) {
    case "literal": {
      const { value } = node;
      return () => value;
    }
    case "name":
      return compileName(node.name, scope, trail);
    case "attr":
      return compileKey(node.object, node.key, scope, trail);
    case "item":
      if (node.key.t === "literal" && (typeof node.key.value === "string" || typeof node.key.value === "number")) {
        return compileKey(node.object, node.key.value, scope, trail);
      }
      return compileItem(compile(node.object), compile(node.key), at);
    case "slice":
      return compileSlice(node, scope, at);
    case "list":
      return compileList(node.items.map(compile), scope.compilation.tracking);
    case "dict":
      return compileDict(
        node.entries.map(({ key, value }) => [compile(key), compile(value)] as const),
        scope.compilation.tracking,
      );
    case "call":
      return compileCall(node, scope, at);
    case "filter":
      return compileFilter(node, node.input ? compile(node.input) : () => undefined, scope, at);
    case "test":
      return compileTest(node, compile(node.input), scope, at);
    case "not": {
      const operand = compile(node.operand);
      return (run, frame) => !truthy(operand(run, frame));
    }
    case "sign":
      return compileSign(node.negative, compile(node.operand), at);
    case "binary":
      return compileBinary(node.op, node.left, node.right, scope, at);
    case "concat":
      return compileConcat(node.parts.map(compile), at);
    case "compare":
      return compileCompare(node, scope);
    case "and":
    case "or":
      return compileLogic(node.t === "or", node.parts.map(compile));
    case "choice": {
      const test = compile(node.test);
      const yes = compile(node.yes);
      const no: Expr = node.no ? compile(node.no) : () => undefined;
      return (run, frame) => (truthy(test(run, frame)) ? yes(run, frame) : no(run, frame));
    }
  }
}

function compileKey(objectNode: Node, key: string | number, scope: Scope, trail: readonly string[] | undefined): Expr {
  const object = compileExpression(objectNode, scope, [String(key), ...(trail ?? [])]);
  if (typeof key === "string") return (run, frame) => member(object(run, frame), key);
  return (run, frame) => element(object(run, frame), key);
}

function compileItem(object: Expr, key: Expr, at: At): Expr {
  return (run, frame) => item(object(run, frame), key(run, frame), at);
}

function compileSlice(node: Node & { t: "slice" }, scope: Scope, at: At): Expr {
  const part = (child: Node | undefined): Expr => (child ? compileExpression(child, scope) : () => undefined);
  const object = compileExpression(node.object, scope);
  const from = part(node.from);
  const to = part(node.to);
  const step = part(node.step);
  const { tracking } = scope.compilation;
  return (run, frame) => {
    const value = slice(object(run, frame), from(run, frame), to(run, frame), step(run, frame), run, at);
    return tracking ? run.made(value) : value;
  };
}

function compileList(items: Expr[], tracking: boolean): Expr {
  return (run, frame) => {
    const list = items.map((evaluate) => evaluate(run, frame));
    return tracking ? run.made(list) : list;
  };
}

function compileDict(entries: (readonly [Expr, Expr])[], tracking: boolean): Expr {
  return (run, frame) => {
    const map: PlainMap = {};
    for (const [key, value] of entries) put(map, text(plain(key(run, frame))), value(run, frame));
    return tracking ? run.made(map) : map;
  };
}

function compileSign(negative: boolean, operand: Expr, at: At): Expr {
  if (negative) return (run, frame) => negate(operand(run, frame), at);
  return (run, frame) => {
    const value = operand(run, frame);
    return asNumber(plain(value)) === undefined ? negate(value, at) : asNumber(plain(value));
  };
}

function compileBinary(op: BinaryOp, leftNode: Node, rightNode: Node, scope: Scope, at: At): Expr {
  const left = compileExpression(leftNode, scope);
  const right = compileExpression(rightNode, scope);
  const work: Binary = BINARY[op];
  if (op === "%" && rightNode.t === "list" && rightNode.tuple) {
    return (run, frame) => work(left(run, frame), new Tuple(right(run, frame) as unknown[]), run, at);
  }
  if (op === "+") {
    const { tracking } = scope.compilation;
    return (run, frame) => {
      const a = left(run, frame);
      const b = right(run, frame);
      if (typeof a === "number" && typeof b === "number") {
        const sum = a + b;
        if (Number.isSafeInteger(sum)) return sum;
      }
      const value = add(a, b, run, at);
      return tracking && typeof value === "object" ? run.made(value) : value;
    };
  }
  return (run, frame) => work(left(run, frame), right(run, frame), run, at);
}

function compileConcat(parts: Expr[], at: At): Expr {
  return (run, frame) => {
    let out = "";
    for (const part of parts) {
      out += text(part(run, frame), run.limits.outputBytes);
      run.fits(out.length, at);
    }
    return out;
  };
}

/** Both give back the operand that decided, as Python does. */
function compileLogic(or: boolean, parts: Expr[]): Expr {
  return (run, frame) => {
    let value: unknown;
    for (const part of parts) {
      value = part(run, frame);
      if (truthy(value) === or) return value;
    }
    return value;
  };
}
