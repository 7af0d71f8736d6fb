import type { At } from "../error.ts";
import type { CompareOp, Node } from "../parse/ast.ts";
import type { Run } from "../run.ts";
import { contains, equals, equalsLiteral, order } from "../value/compare.ts";
import { compileExpression } from "./expression.ts";
import type { Expr } from "./frame.ts";
import type { Scope } from "./scope.ts";

type Comparison = (left: unknown, right: unknown, run: Run, at: At) => boolean;

const COMPARE: { readonly [op in CompareOp]: Comparison } = {
  "==": (a, b) => equals(a, b),
  "!=": (a, b) => !equals(a, b),
  "<": (a, b, run, at) => order(a, b, run, at) < 0,
  "<=": (a, b, run, at) => order(a, b, run, at) <= 0,
  ">": (a, b, run, at) => order(a, b, run, at) > 0,
  ">=": (a, b, run, at) => order(a, b, run, at) >= 0,
  in: (a, b, run, at) => contains(b, a, run, at),
  "not in": (a, b, run, at) => !contains(b, a, run, at),
};

/** Chains as Python does: `1 < x < 5`, every operand evaluated once. */
export function compileCompare(node: Node & { t: "compare" }, scope: Scope): Expr {
  const first = compileExpression(node.first, scope);
  let before = node.first;
  const steps = node.rest.map(({ op, operand, at: offset }) => {
    const compare = literalComparison(op, before, operand) ?? COMPARE[op];
    before = operand;
    return { compare, operand: compileExpression(operand, scope), at: { unit: scope.compilation.unit, offset } };
  });
  const [only] = steps;
  if (only && steps.length === 1) {
    const { compare, operand, at } = only;
    return (run, frame) => compare(first(run, frame), operand(run, frame), run, at);
  }
  return (run, frame) => {
    let left = first(run, frame);
    for (const { compare, operand, at } of steps) {
      const right = operand(run, frame);
      if (!compare(left, right, run, at)) return false;
      left = right;
    }
    return true;
  };
}

/** `==` and `!=` with a text literal on one side (decision 51). */
function literalComparison(op: CompareOp, left: Node, right: Node): Comparison | undefined {
  if (op !== "==" && op !== "!=") return undefined;
  const swapped = left.t === "literal" && typeof left.value === "string";
  const literal = swapped ? left.value : right.t === "literal" ? right.value : undefined;
  if (typeof literal !== "string") return undefined;
  const wanted = op === "==";
  return (a, b, run, at) => {
    const value = swapped ? b : a;
    if (typeof value === "string") return (value === literal) === wanted;
    return (run.options.compareText ? equalsLiteral(value, literal, run, at) : equals(value, literal)) === wanted;
  };
}
