/** One line of the table: the median of what was measured, beside a control measured in the same rounds. */
export interface Figure {
  name: string;
  unit: "ms" | "µs" | "MB" | "×" | "/s";
  value: number;
  /** how far the samples spread: the third quartile less the first, in `unit` */
  spread?: number;
  control?: { name: string; value: number };
  /** median over the rounds of value ÷ control */
  ratio?: number;
  /** what architecture §8 and the issues ask for, in `unit`; more is better for `/s`. Holds on a calm machine only */
  budget?: number;
  /** most (for `/s` least) that `ratio` may be; what CI fails on */
  limit?: number;
  /** processor time of the same work, ms: stays put when the machine is busy */
  cpu?: number;
  /** why nothing was measured; `value` is then NaN, in JSON null */
  missing?: string;
}

/** The row of something that could not be measured here. */
export function missing(name: string, unit: Figure["unit"], reason: string): Figure {
  return { name, unit, value: Number.NaN, missing: reason };
}

export type Verdict = "ok" | "over budget" | "over limit" | "";

export function verdict({ unit, value, budget, ratio, limit, missing }: Figure): Verdict {
  if (missing !== undefined) return "";
  const exceeds = (found: number, bound: number) => (unit === "/s" ? found < bound : found > bound);
  if (limit !== undefined && ratio !== undefined && exceeds(ratio, limit)) return "over limit";
  if (budget !== undefined && exceeds(value, budget)) return "over budget";
  return budget === undefined && limit === undefined ? "" : "ok";
}
