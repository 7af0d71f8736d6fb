import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Figure } from "../figure.ts";
import { quantile } from "../measure.ts";
import { type Bench, type Part, sized } from "../part.ts";
import { nodeProgram } from "../program.ts";
import type { ProbeName, ProbeOptions } from "../server/probe.ts";

const PROBE = new URL("../server/probe.ts", import.meta.url).pathname;

export async function ask<T>(
  bench: Bench,
  name: ProbeName,
  count: number,
  cluster?: ProbeOptions["cluster"],
): Promise<T> {
  const folder = await mkdtemp(join(bench.folder, `${name}-`));
  const options: ProbeOptions = { folder, capacity: 8, count, ...(cluster ? { cluster } : {}) };
  const { stdout } = await nodeProgram([PROBE], folder).start([name, JSON.stringify(options)], { cwd: folder });
  return JSON.parse(stdout) as T;
}

/** Single questions to an embedded server. */
export const probes: Part = {
  name: "probes",
  async run(bench) {
    const wakes = await ask<number[]>(bench, "wake", sized(bench, 300, 3));
    const claims = await ask<number>(bench, "claim", sized(bench, 20_000, 20));
    const reads = await ask<{ own: number; bare: number }>(bench, "status", sized(bench, 100_000, 64));
    const figures: Figure[] = [
      {
        name: "idle server: a run's start to its first report",
        unit: "ms",
        value: quantile(wakes, 0.5),
        spread: quantile(wakes, 0.75) - quantile(wakes, 0.25),
        budget: 3,
      },
      { name: "claims, embedded", unit: "/s", value: claims, budget: 15_000 },
      {
        name: "GET of a status, embedded",
        unit: "/s",
        value: reads.own,
        control: { name: "the same bytes from bare node:http", value: reads.bare },
        ratio: reads.own / reads.bare,
        budget: 30_000,
        limit: 0.4,
      },
    ];
    return figures;
  },
};
