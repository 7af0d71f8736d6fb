import type { At } from "../error.ts";
import { fail } from "../error.ts";
import type { Filter } from "../filters/filter.ts";
import { NO_ARGUMENTS } from "../filters/filter.ts";
import { FILTERS, FRESH } from "../filters/index.ts";
import { GLOBALS } from "../globals/index.ts";
import { callMethod, isMethod } from "../methods/index.ts";
import type { Arguments, Node } from "../parse/ast.ts";
import type { Run } from "../run.ts";
import { TESTS } from "../tests.ts";
import { entriesOf, listOf } from "../value/iterate.ts";
import type { CallArguments } from "../value/kind.ts";
import { Callable, plain, typeName } from "../value/kind.ts";
import { compileExpression } from "./expression.ts";
import type { Expr, Frame } from "./frame.ts";
import type { Scope } from "./scope.ts";

type ArgumentsOf = (run: Run, frame: Frame) => CallArguments;

export function compileFilter(node: Node & { t: "filter" }, input: Expr, scope: Scope, at: At): Expr {
  const filter = FILTERS.get(node.name);
  if (!filter) return fail(at, "E_TPL_FILTER", `unknown filter '${node.name}'`);
  const args = compileArguments(node.args, scope);
  if (scope.compilation.tracking && FRESH.has(node.name)) {
    return (run, frame) => run.made(filter(input(run, frame), args(run, frame), run, at));
  }
  return isConstant(node.args)
    ? constantFilter(filter, input, args, at)
    : (run, frame) => filter(input(run, frame), args(run, frame), run, at);
}

/** Arguments that are literals are made once, at the first call. */
function constantFilter(filter: Filter, input: Expr, args: ArgumentsOf, at: At): Expr {
  let made: CallArguments | undefined;
  return (run, frame) => {
    made ??= args(run, frame);
    return filter(input(run, frame), made, run, at);
  };
}

export function compileTest(node: Node & { t: "test" }, input: Expr, scope: Scope, at: At): Expr {
  const test = TESTS.get(node.name);
  if (!test) return fail(at, "E_TPL_TEST", `unknown test '${node.name}'`);
  const args = compileArguments(node.args, scope);
  return (run, frame) => test(input(run, frame), args(run, frame), run, at);
}

export function compileCall(node: Node & { t: "call" }, scope: Scope, at: At): Expr {
  const { callee } = node;
  const args = compileArguments(node.args, scope);
  if (callee.t === "name") return compileNamedCall(callee.name, args, scope, at);
  if (callee.t === "attr" && typeof callee.key === "string") {
    const name = callee.key;
    const object = compileExpression(callee.object, scope);
    if (!isMethod(name) && scope.compilation.bound.size === 0 && callee.object.t !== "call") {
      fail(at, "E_TPL_CALL", `there is no method '${name}'`);
    }
    return (run, frame) => callMethod(object(run, frame), name, args(run, frame), run, at);
  }
  const target = compileExpression(callee, scope);
  return (run, frame) => invoke(target(run, frame), args(run, frame), run, at);
}

/** Values from outside are never callable, so an unbound name is a global or an error. */
function compileNamedCall(name: string, args: ArgumentsOf, scope: Scope, at: At): Expr {
  const { places } = scope.resolve(name);
  const global = GLOBALS.get(name);
  if (places.length === 0) {
    if (global) {
      if (name === "token") scope.compilation.callsToken = true;
      const { tracking } = scope.compilation;
      return (run, frame) => {
        const value = global(args(run, frame), run, at);
        return tracking ? run.made(value) : value;
      };
    }
    if (!scope.compilation.bound.has(name)) fail(at, "E_TPL_CALL", `unknown function '${name}'`);
  }
  const local = compileExpression({ t: "name", name, at: at.offset }, scope);
  return (run, frame) => {
    const value = local(run, frame);
    if (value instanceof Callable || !global) return invoke(value, args(run, frame), run, at, name);
    return global(args(run, frame), run, at);
  };
}

export function invoke(target: unknown, args: CallArguments, run: Run, at: At, name?: string): unknown {
  if (target instanceof Callable) return target.invoke(args, run, at);
  return fail(at, "E_TPL_CALL", `${name === undefined ? typeName(target) : `'${name}'`} cannot be called`);
}

export function compileArguments(args: Arguments, scope: Scope): ArgumentsOf {
  const at = (node: Node): At => ({ unit: scope.compilation.unit, offset: node.at });
  const positional = args.positional.map((node) => compileExpression(node, scope));
  const named = args.named.map(({ name, value }) => [name, compileExpression(value, scope)] as const);
  const { spread, spreadNamed } = args;
  if (positional.length === 0 && named.length === 0 && !spread && !spreadNamed) return () => NO_ARGUMENTS;
  const spreadValue = spread && { at: at(spread), value: compileExpression(spread, scope) };
  const spreadNames = spreadNamed && { at: at(spreadNamed), value: compileExpression(spreadNamed, scope) };
  return (run, frame) => {
    const list = positional.map((evaluate) => evaluate(run, frame));
    if (spreadValue) list.push(...listOf(spreadValue.value(run, frame), run, spreadValue.at));
    if (named.length === 0 && !spreadNames) return { positional: list, named: undefined };
    const names = new Map<string, unknown>();
    for (const [name, evaluate] of named) names.set(name, evaluate(run, frame));
    if (spreadNames) {
      const more = plain(spreadNames.value(run, frame));
      for (const [name, value] of entriesOf(more, run, spreadNames.at)) names.set(name, value);
    }
    return { positional: list, named: names };
  };
}

function isConstant({ positional, named, spread, spreadNamed }: Arguments): boolean {
  if (spread || spreadNamed) return false;
  return [...positional, ...named.map(({ value }) => value)].every((node) => node.t === "literal");
}
