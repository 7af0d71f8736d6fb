import type { At } from "../error.ts";
import { fail } from "../error.ts";
import type { Statement } from "../parse/ast.ts";
import type { Run } from "../run.ts";
import { equals } from "../value/compare.ts";
import { listOf } from "../value/iterate.ts";
import type { CallArguments } from "../value/kind.ts";
import { Callable } from "../value/kind.ts";
import { truthy } from "../value/truth.ts";
import { compileExpression } from "./expression.ts";
import type { Exec, Expr, Flow, Frame } from "./frame.ts";
import { BREAK, NEXT, UNSET } from "./frame.ts";
import type { Scope } from "./scope.ts";
import { compileBlock, compileBody } from "./statement.ts";
import { compileTarget } from "./target.ts";

interface LoopCode {
  readonly at: At;
  readonly assign: (run: Run, frame: Frame, value: unknown) => void;
  readonly filter: Expr | undefined;
  readonly body: Exec;
  readonly otherwise: Exec;
  /** slot of `loop`; 0 when the body does not mention it */
  readonly slot: number;
  readonly reset: readonly number[];
  /** slots of this loop's block: saved around a recursive call */
  readonly from: number;
  readonly to: number;
}

export function compileFor(node: Statement & { t: "for" }, scope: Scope): Exec {
  const at: At = { unit: scope.compilation.unit, offset: node.at };
  const source = compileExpression(node.source, scope);
  const from = scope.body.size;
  const inner = scope.block();
  const assign = compileTarget(node.target, inner);
  const filter = node.filter && compileExpression(node.filter, inner);
  const slot = inner.declare("loop");
  const body = compileBody(node.body, inner);
  inner.settle();
  const otherwise = compileBlock(node.otherwise, scope);
  const code: LoopCode = {
    at,
    assign,
    filter,
    body,
    otherwise,
    slot: inner.uses("loop") || node.recursive ? slot : 0,
    reset: inner.conditionalSlots(),
    from,
    to: scope.body.size,
  };
  return (run, frame) => runLoop(code, source(run, frame), run, frame, 0);
}

function runLoop(code: LoopCode, source: unknown, run: Run, frame: Frame, depth: number): Flow {
  const { at, assign, filter, body, slot, reset } = code;
  let items = listOf(source, run, at);
  if (filter) {
    items = items.filter((value) => {
      assign(run, frame, value);
      return truthy(filter(run, frame));
    });
  }
  if (items.length === 0) return code.otherwise(run, frame);
  const loop = slot === 0 ? undefined : new Loop(code, items, run, frame, depth);
  for (let i = 0; i < items.length; i++) {
    for (const conditional of reset) frame[conditional] = UNSET;
    assign(run, frame, items[i]);
    if (loop) {
      loop.index = i;
      frame[slot] = loop;
    }
    if (body(run, frame) === BREAK) break;
  }
  return NEXT;
}

/** `loop` inside `{% for %}`; called with a list, it is the loop again (`recursive`). */
class Loop extends Callable {
  index = 0;
  readonly #code: LoopCode;
  readonly #items: readonly unknown[];
  readonly #run: Run;
  readonly #frame: Frame;
  readonly #depth: number;
  #seen: readonly unknown[] | undefined;

  constructor(code: LoopCode, items: readonly unknown[], run: Run, frame: Frame, depth: number) {
    super();
    this.#code = code;
    this.#items = items;
    this.#run = run;
    this.#frame = frame;
    this.#depth = depth;
  }

  override attribute(key: string | number): unknown {
    const { length } = this.#items;
    switch (key) {
      case "index":
        return this.index + 1;
      case "index0":
        return this.index;
      case "first":
        return this.index === 0;
      case "last":
        return this.index === length - 1;
      case "length":
        return length;
      case "revindex":
        return length - this.index;
      case "revindex0":
        return length - this.index - 1;
      case "previtem":
        return this.#items[this.index - 1];
      case "nextitem":
        return this.#items[this.index + 1];
      case "depth":
        return this.#depth + 1;
      case "depth0":
        return this.#depth;
      case "cycle":
        return new LoopMethod((args, at) => this.#cycle(args, at));
      case "changed":
        return new LoopMethod((args) => this.#changed(args));
      default:
        return undefined;
    }
  }

  override native(): unknown {
    const { index } = this;
    const { length } = this.#items;
    return { index: index + 1, index0: index, first: index === 0, last: index === length - 1, length };
  }

  invoke(args: CallArguments, run: Run, at: At): unknown {
    const { from, to } = this.#code;
    const saved = this.#frame.slice(from, to);
    const out = run.enter(at, () =>
      run.capture(() => {
        runLoop(this.#code, args.positional[0], this.#run, this.#frame, this.#depth + 1);
      }),
    );
    for (const [i, value] of saved.entries()) this.#frame[from + i] = value;
    return out;
  }

  #cycle({ positional }: CallArguments, at: At): unknown {
    if (positional.length === 0) fail(at, "E_TPL_CALL", "cycle needs values");
    return positional[this.index % positional.length];
  }

  #changed({ positional }: CallArguments): boolean {
    const same = this.#seen !== undefined && equals(this.#seen, positional);
    this.#seen = positional;
    return !same;
  }
}

class LoopMethod extends Callable {
  readonly #work: (args: CallArguments, at: At) => unknown;
  constructor(work: (args: CallArguments, at: At) => unknown) {
    super();
    this.#work = work;
  }
  invoke(args: CallArguments, _run: Run, at: At): unknown {
    return this.#work(args, at);
  }
}
