import type { Expr, Frame } from "./frame.ts";
import { UNSET } from "./frame.ts";
import type { Scope } from "./scope.ts";

/** Reads a local, or asks the names from outside. `trail` is what the template reads of it (DSL §8.11). */
export function compileName(name: string, scope: Scope, trail: readonly string[] | undefined): Expr {
  const { places, context } = scope.resolve(name);
  if (context) scope.reference([name, ...(trail ?? [])]);
  const outside: Expr = (run) => fromOutside(run.names.lookup(name));
  const [first] = places;
  if (!first) return outside;
  if (places.length === 1 && first.depth === 0) {
    const { slot } = first;
    if (!first.conditional) return (_run, frame) => frame[slot];
    return (run, frame) => {
      const value = frame[slot];
      return value === UNSET ? outside(run, frame) : value;
    };
  }
  return (run, frame) => {
    for (const { depth, slot } of places) {
      const value = outward(frame, depth)[slot];
      if (value !== UNSET) return value;
    }
    return context ? fromOutside(run.names.lookup(name)) : undefined;
  };
}

/** Functions of the host are no values. */
function fromOutside(value: unknown): unknown {
  return typeof value === "function" ? undefined : value;
}

function outward(frame: Frame, depth: number): Frame {
  let current = frame;
  for (let i = 0; i < depth; i++) current = current[0] as Frame;
  return current;
}
