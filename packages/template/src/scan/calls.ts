import type { Unit } from "../error.ts";
import { fail } from "../error.ts";
import { GLOBALS } from "../globals/index.ts";
import type { Node } from "../parse/ast.ts";

/** Without statements nothing but the globals can be called: in verbatim fields a span that calls more is text. */
export function checkCalls(unit: Unit, value: unknown): void {
  if (Array.isArray(value)) for (const part of value) checkCalls(unit, part);
  else if (typeof value === "object" && value !== null) {
    const node = value as Node;
    if (node.t === "call" && node.callee.t === "name" && !GLOBALS.has(node.callee.name)) {
      fail({ unit, offset: node.at }, "E_TPL_CALL", `unknown function '${node.callee.name}'`);
    }
    for (const part of Object.values(node)) checkCalls(unit, part);
  }
}
