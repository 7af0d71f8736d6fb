import type { At } from "../error.ts";
import { fail } from "../error.ts";
import { Namespace } from "../globals/namespace.ts";
import type { Target } from "../parse/ast.ts";
import type { Run } from "../run.ts";
import { listOf } from "../value/iterate.ts";
import type { Frame } from "./frame.ts";
import { compileName } from "./name.ts";
import type { Scope } from "./scope.ts";

export type Assign = (run: Run, frame: Frame, value: unknown) => void;

/** Declares the names of a target in `scope`. */
export function compileTarget(target: Target, scope: Scope): Assign {
  const at: At = { unit: scope.compilation.unit, offset: target.at };
  switch (target.t) {
    case "var": {
      const slot = scope.declare(target.name);
      return (_run, frame, value) => {
        frame[slot] = value;
      };
    }
    case "member": {
      const object = compileName(target.object, scope, undefined);
      const { key } = target;
      return (run, frame, value) => {
        const namespace = object(run, frame);
        if (!(namespace instanceof Namespace)) {
          fail(
            at,
            "E_TPL_TYPE",
            `'${target.object}' is no namespace`,
            `{% set ${target.object} = namespace() %} makes one`,
          );
        }
        namespace.set(key, value);
      };
    }
    case "unpack":
      return unpack(
        target.targets.map((inner) => compileTarget(inner, scope)),
        at,
      );
  }
}

function unpack(targets: Assign[], at: At): Assign {
  return (run, frame, value) => {
    const items = listOf(value, run, at);
    if (items.length !== targets.length) {
      fail(at, "E_TPL_VALUE", `${items.length} values cannot be given to ${targets.length} names`);
    }
    for (const [i, assign] of targets.entries()) assign(run, frame, items[i]);
  };
}
