export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export interface Pairs {
  value: number;
  spread: number;
  control: number;
  ratio: number;
}

/**
 * Measures subject and control in turns, so that a machine that slows down slows both, and takes the ratio of each round.
 * Both return their figure in the same unit.
 */
export async function inTurns(
  rounds: number,
  subject: (round: number) => number | Promise<number>,
  control: (round: number) => number | Promise<number>,
): Promise<Pairs> {
  const pairs: { value: number; control: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const against = await control(round);
    pairs.push({ value: await subject(round), control: against });
  }
  const values = pairs.map(({ value }) => value);
  return {
    value: median(values),
    spread: quantile(values, 0.75) - quantile(values, 0.25),
    control: median(pairs.map((pair) => pair.control)),
    ratio: median(pairs.map((pair) => pair.value / pair.control)),
  };
}

export async function timed<T>(work: () => T | Promise<T>): Promise<{ ms: number; result: T }> {
  const began = performance.now();
  const result = await work();
  return { ms: performance.now() - began, result };
}
