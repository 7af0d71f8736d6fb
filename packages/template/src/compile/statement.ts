import type { At } from "../error.ts";
import { fail } from "../error.ts";
import type { Statement } from "../parse/ast.ts";
import type { Run } from "../run.ts";
import { truthy } from "../value/truth.ts";
import { compileArguments, compileFilter, invoke } from "./call.ts";
import { compileExpression } from "./expression.ts";
import type { Exec, Expr, Frame } from "./frame.ts";
import { BREAK, CONTINUE, NEXT, UNSET } from "./frame.ts";
import { compileFor } from "./loop.ts";
import { compileMacro } from "./macro.ts";
import type { Scope } from "./scope.ts";
import { compileTarget } from "./target.ts";

/** Statements one behind the other; `break` and `continue` leave early. */
export function compileBody(statements: readonly Statement[], scope: Scope): Exec {
  const list = statements.map((statement) => compileStatement(statement, scope));
  const [first, second] = list;
  if (!first) return () => NEXT;
  if (!second) return first;
  const count = list.length;
  return (run, frame) => {
    for (let i = 0; i < count; i++) {
      const flow = (list[i] ?? first)(run, frame);
      if (flow !== NEXT) return flow;
    }
    return NEXT;
  };
}

function compileStatement(statement: Statement, scope: Scope): Exec {
  switch (statement.t) {
    case "text": {
      const { text } = statement;
      return (run) => {
        run.out += text;
        return NEXT;
      };
    }
    case "output":
      return compileOutput(statement, scope);
    case "if":
      return compileIf(statement, scope);
    case "for":
      return compileFor(statement, scope);
    case "set": {
      const value = compileExpression(statement.value, scope);
      const assign = compileTarget(statement.target, scope);
      return (run, frame) => {
        assign(run, frame, value(run, frame));
        return NEXT;
      };
    }
    case "setblock":
      return compileSetBlock(statement, scope);
    case "with":
      return compileWith(statement, scope);
    case "macro": {
      const slot = scope.declare(statement.name);
      const make = compileMacro(statement.name, statement.parameters, statement.body, scope);
      return (_run, frame) => {
        frame[slot] = make(frame);
        return NEXT;
      };
    }
    case "call":
      return compileCallBlock(statement, scope);
    case "filterblock": {
      const body = compileCaptured(statement.body, scope);
      const value = applyFilter(statement.filter, body, scope);
      return (run, frame) => {
        run.write(value(run, frame), place(scope, statement.filter.at));
        return NEXT;
      };
    }
    case "do": {
      const value = compileExpression(statement.value, scope);
      return (run, frame) => {
        value(run, frame);
        return NEXT;
      };
    }
    case "break":
      return () => BREAK;
    case "continue":
      return () => CONTINUE;
  }
}

function compileOutput(statement: Statement & { t: "output" }, scope: Scope): Exec {
  const value = compileExpression(statement.value, scope);
  const at = place(scope, statement.at);
  return (run, frame) => {
    const result = value(run, frame);
    if (result === undefined) {
      if (run.options.strictUndefined) undefinedOutput(statement, at);
    } else run.write(result, at);
    return NEXT;
  };
}

function undefinedOutput({ at: from, end }: { at: number; end: number }, at: At): never {
  const source = at.unit.source.slice(from, end);
  return fail(at, "E_TPL_UNDEFINED", `${source} is undefined`, "'| default(...)' gives a value to fall back on");
}

function compileIf(statement: Statement & { t: "if" }, scope: Scope): Exec {
  const branches = statement.branches.map(({ test, body }) => ({
    test: compileExpression(test, scope),
    body: scope.branch(() => compileBody(body, scope)),
  }));
  const otherwise = scope.branch(() => compileBody(statement.otherwise, scope));
  return (run, frame) => {
    for (const { test, body } of branches) if (truthy(test(run, frame))) return body(run, frame);
    return otherwise(run, frame);
  };
}

function compileSetBlock(statement: Statement & { t: "setblock" }, scope: Scope): Exec {
  const body = compileCaptured(statement.body, scope);
  const value = statement.filter ? applyFilter(statement.filter, body, scope) : body;
  const assign = compileTarget(statement.target, scope);
  return (run, frame) => {
    assign(run, frame, value(run, frame));
    return NEXT;
  };
}

function compileWith(statement: Statement & { t: "with" }, scope: Scope): Exec {
  const inner = scope.block();
  // values are evaluated outside of the block: `with a=1, b=a` reads the outer `a`
  const values = statement.bindings.map(({ value }) => compileExpression(value, scope));
  const assigns = statement.bindings.map(({ target }) => compileTarget(target, inner));
  const body = compileBody(statement.body, inner);
  inner.settle();
  const reset = inner.conditionalSlots();
  return (run, frame) => {
    for (const slot of reset) frame[slot] = UNSET;
    const made = values.map((value) => value(run, frame));
    for (const [i, assign] of assigns.entries()) assign(run, frame, made[i]);
    return body(run, frame);
  };
}

function compileCallBlock(statement: Statement & { t: "call" }, scope: Scope): Exec {
  const at = place(scope, statement.at);
  const caller = compileMacro("caller", statement.parameters, statement.body, scope);
  const callee = compileExpression(statement.call.callee, scope);
  const args = compileArguments(statement.call.args, scope);
  return (run, frame) => {
    const { positional, named } = args(run, frame);
    const withCaller = new Map(named).set("caller", caller(frame));
    run.write(invoke(callee(run, frame), { positional, named: withCaller }, run, at), at);
    return NEXT;
  };
}

/** Statements with names of their own. */
export function compileBlock(statements: readonly Statement[], scope: Scope): Exec {
  const inner = scope.block();
  const body = compileBody(statements, inner);
  inner.settle();
  const reset = inner.conditionalSlots();
  if (reset.length === 0) return body;
  return (run, frame) => {
    for (const slot of reset) frame[slot] = UNSET;
    return body(run, frame);
  };
}

/** A block whose output is a value. Its `set`s stay inside. */
function compileCaptured(statements: Statement[], scope: Scope): Expr {
  const body = compileBlock(statements, scope);
  return (run: Run, frame: Frame) => run.capture(() => body(run, frame));
}

/** A chain of filters whose innermost input is missing gets `input` there. */
function applyFilter(chain: import("../parse/ast.ts").Node, input: Expr, scope: Scope): Expr {
  if (chain.t !== "filter") return fail(place(scope, chain.at), "E_TPL_SYNTAX", "expected a filter");
  const inner = chain.input ? applyFilter(chain.input, input, scope) : input;
  return compileFilter(chain, inner, scope, place(scope, chain.at));
}

function place(scope: Scope, offset: number): At {
  return { unit: scope.compilation.unit, offset };
}
