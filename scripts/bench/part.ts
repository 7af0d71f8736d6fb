import type { Figure } from "./figure.ts";
import type { Program } from "./program.ts";

/** What a part may use. `small` = only that it works: sizes and rounds of a smoke test. */
export interface Bench {
  small: boolean;
  /** a folder of this part alone, removed at the end */
  folder: string;
  /** the program as users get it: the bundle on this Node */
  bundle: Program;
  /** its script, for what is started and left running */
  bundled: readonly string[];
  /** the same from its sources */
  source: Program;
  root: string;
  /** other programs are installed and measured too */
  peers: boolean;
  /** Says what could not be measured, and why. */
  note(text: string): void;
}

export interface Part {
  name: string;
  run(bench: Bench): Promise<Figure[]>;
}

/** `full` rounds or items; `few` in a smoke test. */
export function sized(bench: Pick<Bench, "small">, full: number, few: number): number {
  return bench.small ? few : full;
}
