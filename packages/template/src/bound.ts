import { isMutator } from "./methods/index.ts";
import type { Node, Statement, Target } from "./parse/ast.ts";

/** What the statements of a template bind and change, found before it is compiled. */
export function survey(statements: readonly Statement[], root?: Node): { bound: Set<string>; tracking: boolean } {
  const found = { bound: new Set<string>(), tracking: false };
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const part of value) visit(part);
    else if (typeof value === "object" && value !== null) {
      note(value as Node | Statement | Target, found);
      for (const part of Object.values(value)) visit(part);
    }
  };
  visit(statements);
  visit(root);
  return found;
}

function note(node: Node | Statement | Target, found: { bound: Set<string>; tracking: boolean }): void {
  if (node.t === "var") found.bound.add(node.name);
  else if (node.t === "macro") {
    found.bound.add(node.name);
    for (const name of ["caller", ...node.parameters.map((parameter) => parameter.name)]) found.bound.add(name);
  } else if (node.t === "for") found.bound.add("loop");
  else if (node.t === "call" && "body" in node) for (const { name } of node.parameters) found.bound.add(name);
  else if (node.t === "call" && node.callee.t === "attr" && isMutator(String(node.callee.key))) found.tracking = true;
}
