import { startNats } from "../../../test/services/nats.ts";
import { startPostgres } from "../../../test/services/postgres.ts";
import type { Figure } from "../figure.ts";
import { quantile } from "../measure.ts";
import { type Bench, type Part, sized } from "../part.ts";
import { nodeProgram } from "../program.ts";
import type { ChildOptions, Measured } from "../server/child.ts";

interface Budgets {
  p50: number;
  p99: number;
  perSecond: number;
}

/** As it is installed: tests do without. */
export const DURABLE = { fsync: "on", synchronous_commit: "on", full_page_writes: "on" };

export type Sizes = Pick<ChildOptions, "warm" | "alone" | "total" | "width" | "burst">;

export async function measured(
  bench: Bench,
  cluster: ChildOptions["cluster"],
  sizes: Partial<Sizes> = {},
): Promise<Measured> {
  const child = nodeProgram([new URL("../server/child.ts", import.meta.url).pathname], bench.folder);
  const options: ChildOptions = {
    folder: bench.folder,
    capacity: 64,
    warm: sized(bench, 500, 2),
    alone: sized(bench, 500, 2),
    total: sized(bench, 5_000, 10),
    width: sized(bench, 64, 2),
    burst: sized(bench, 500, 5),
    ...sizes,
    ...(cluster ? { cluster } : {}),
  };
  const { stdout } = await child.start([JSON.stringify(options)], { cwd: bench.folder });
  return JSON.parse(stdout) as Measured;
}

function figures(where: string, found: Measured, budgets: Budgets): Figure[] {
  const commit = { name: "a durable commit of bare SQLite", value: found.commit };
  const p50 = quantile(found.alone, 0.5);
  const [before, after] = found.listings;
  return [
    {
      name: `three-step run, ${where}, p50`,
      unit: "ms",
      value: p50,
      spread: quantile(found.alone, 0.75) - quantile(found.alone, 0.25),
      control: commit,
      ratio: p50 / found.commit,
      budget: budgets.p50,
      cpu: found.cpu / found.executions,
    },
    { name: `three-step run, ${where}, p99`, unit: "ms", value: quantile(found.alone, 0.99), budget: budgets.p99 },
    {
      name: `three-step runs, ${where}`,
      unit: "/s",
      value: found.perSecond,
      control: { name: "durable commits of bare SQLite", value: 1_000 / found.commit },
      ratio: (found.perSecond * found.commit) / 1_000,
      budget: budgets.perSecond,
    },
    {
      name: `last step done to run ended, ${where}, burst of ${found.endings.length}, p99`,
      unit: "ms",
      value: quantile(found.endings, 0.99),
      budget: 50,
    },
    {
      name: `list of 50 runs out of ${found.executions}, ${where}`,
      unit: "ms",
      value: after,
      control: { name: "of the first ones", value: before },
      ratio: after / before,
      limit: 4,
    },
  ];
}

/** A server and its worker in one process under load, on a laptop's backends and on a cluster's. */
export const server: Part = {
  name: "server",
  async run(bench) {
    const found = figures("embedded", await measured(bench, undefined), { p50: 3, p99: 8, perSecond: 2_000 });
    const nats = await startNats();
    if (!nats) {
      bench.note("server: no nats-server, nothing measured on PostgreSQL and NATS");
      return found;
    }
    try {
      const postgres = await startPostgres({ settings: DURABLE });
      try {
        const { url } = await postgres.createDatabase();
        const cluster = await measured(bench, { postgres: url, nats: nats.url });
        found.push(...figures("PostgreSQL and NATS", cluster, { p50: 8, p99: 20, perSecond: 800 }));
      } finally {
        await postgres.stop();
      }
    } finally {
      await nats.stop();
    }
    return found;
  },
};
