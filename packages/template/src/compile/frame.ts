import type { Run } from "../run.ts";

/** Slots of the locals of one template or macro body; slot 0 is the frame around it. */
export type Frame = unknown[];

/** A compiled expression. */
export type Expr = (run: Run, frame: Frame) => unknown;

/** A compiled statement: writes to `run`, says how to go on. */
export type Exec = (run: Run, frame: Frame) => Flow;
export type Flow = typeof NEXT | typeof BREAK | typeof CONTINUE;
export const NEXT = 0;
export const BREAK = 1;
export const CONTINUE = 2;

/** A local that a branch not taken would have set: the name is looked up further out. */
export const UNSET: unique symbol = Symbol("unset");

export function newFrame(size: number, parent: Frame | undefined): Frame {
  const frame: Frame = new Array(size);
  frame[0] = parent;
  for (let i = 1; i < size; i++) frame[i] = UNSET;
  return frame;
}
