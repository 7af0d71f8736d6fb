import type { At } from "../error.ts";
import { fail } from "../error.ts";
import type { Parameter, Statement } from "../parse/ast.ts";
import type { Run } from "../run.ts";
import type { CallArguments } from "../value/kind.ts";
import { Callable } from "../value/kind.ts";
import { compileExpression } from "./expression.ts";
import type { Exec, Expr, Frame } from "./frame.ts";
import { newFrame } from "./frame.ts";
import type { Scope } from "./scope.ts";
import { compileBody } from "./statement.ts";

interface MacroCode {
  readonly name: string;
  readonly parameters: { name: string; slot: number; fallback: Expr | undefined }[];
  readonly special: { caller: number; varargs: number; kwargs: number };
  readonly uses: { caller: boolean; varargs: boolean; kwargs: boolean };
  readonly size: number;
  readonly body: Exec;
}

/** Code of a macro or of the body of `{% call %}`; called with the frame around its definition. */
export function compileMacro(
  name: string,
  parameters: Parameter[],
  body: Statement[],
  scope: Scope,
): (frame: Frame) => Macro {
  const compiled: { code?: MacroCode } = {};
  scope.later(() => {
    compiled.code = compileCode(name, parameters, body, scope.macro());
  });
  return (frame) => new Macro(name, compiled, frame);
}

function compileCode(name: string, parameters: Parameter[], body: Statement[], inner: Scope): MacroCode {
  const special = {
    caller: inner.declare("caller"),
    varargs: inner.declare("varargs"),
    kwargs: inner.declare("kwargs"),
  };
  const compiled = parameters.map((parameter) => ({
    name: parameter.name,
    slot: inner.declare(parameter.name),
    fallback: parameter.fallback && compileExpression(parameter.fallback, inner),
  }));
  const run = compileBody(body, inner);
  inner.settle();
  return {
    name,
    parameters: compiled,
    special,
    uses: { caller: inner.uses("caller"), varargs: inner.uses("varargs"), kwargs: inner.uses("kwargs") },
    size: inner.body.size,
    body: run,
  };
}

export class Macro extends Callable {
  readonly #name: string;
  readonly #compiled: { readonly code?: MacroCode };
  readonly #frame: Frame;

  constructor(name: string, compiled: { readonly code?: MacroCode }, frame: Frame) {
    super();
    this.#name = name;
    this.#compiled = compiled;
    this.#frame = frame;
  }

  override attribute(key: string | number): unknown {
    if (key === "name") return this.#name;
    return key === "arguments" ? this.#compiled.code?.parameters.map(({ name }) => name) : undefined;
  }

  invoke(args: CallArguments, run: Run, at: At): unknown {
    const { code } = this.#compiled;
    if (!code) return fail(at, "E_TPL_CALL", `macro '${this.#name}' is not defined`);
    return run.enter(at, () => {
      run.charge(1, at);
      const frame = newFrame(code.size, this.#frame);
      bind(code, frame, args, run, at);
      return run.capture(() => code.body(run, frame));
    });
  }
}

function bind(code: MacroCode, frame: Frame, { positional, named }: CallArguments, run: Run, at: At): void {
  const { name, parameters, special, uses } = code;
  const rest = new Map(named);
  frame[special.caller] = rest.get("caller");
  if (rest.delete("caller") && !uses.caller && !uses.kwargs) {
    fail(at, "E_TPL_CALL", `macro '${name}' does not use its caller`);
  }
  for (const [i, { slot, name: parameter, fallback }] of parameters.entries()) {
    if (i < positional.length) {
      if (rest.has(parameter)) fail(at, "E_TPL_CALL", `macro '${name}' got '${parameter}' twice`);
      frame[slot] = positional[i];
    } else if (rest.has(parameter)) frame[slot] = rest.get(parameter);
    else frame[slot] = fallback?.(run, frame);
    rest.delete(parameter);
  }
  frame[special.varargs] = positional.slice(parameters.length);
  frame[special.kwargs] = Object.fromEntries(rest);
  if (positional.length > parameters.length && !uses.varargs) {
    fail(at, "E_TPL_CALL", `macro '${name}' takes ${parameters.length} arguments, not ${positional.length}`);
  }
  const [unknown] = rest.keys();
  if (unknown !== undefined && !uses.kwargs) fail(at, "E_TPL_CALL", `macro '${name}' has no parameter '${unknown}'`);
}
