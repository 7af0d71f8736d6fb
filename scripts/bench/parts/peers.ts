import { startPostgres } from "../../../test/services/postgres.ts";
import { installTools } from "../../fetch/package.ts";
import type { Figure } from "../figure.ts";
import { quantile } from "../measure.ts";
import { type Bench, type Part, sized } from "../part.ts";
import { nodeProgram } from "../program.ts";
import { rawCommits } from "../raw-log.ts";
import type { PeerName, PeerTimes } from "../server/peer.ts";
import { DURABLE } from "./server.ts";

const PEER = new URL("../server/peer.ts", import.meta.url).pathname;
const PACKAGES = { "@dbos-inc/dbos-sdk": "5.3.0", "graphile-worker": "0.18.0" };

async function figuresOf(bench: Bench, name: PeerName, what: string, args: readonly string[]): Promise<Figure[]> {
  const commit = rawCommits(bench.folder, 50) / 50;
  const { stdout } = await nodeProgram([PEER], bench.folder).start([name, ...args], { cwd: bench.folder });
  const { alone, perSecond } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as PeerTimes;
  const p50 = quantile(alone, 0.5);
  const control = { name: "a durable commit of bare SQLite", value: commit };
  return [
    { name: `${what}, p50`, unit: "ms", value: p50, control, ratio: p50 / commit },
    { name: `${what}, p99`, unit: "ms", value: quantile(alone, 0.99) },
    {
      name: what,
      unit: "/s",
      value: perSecond,
      control: { name: "durable commits of bare SQLite", value: 1_000 / commit },
      ratio: (perSecond * commit) / 1_000,
    },
  ];
}

/** Others on the same machine and the same PostgreSQL, fetched from npm; only with `--peers`. */
export const peers: Part = {
  name: "peers",
  async run(bench) {
    if (!bench.peers) {
      bench.note("peers: only with --peers, which installs them outside the repository");
      return [];
    }
    const modules = await installTools(PACKAGES);
    const postgres = await startPostgres({ settings: DURABLE });
    try {
      const count = String(sized(bench, 300, 3));
      const found: Figure[] = [];
      for (const [name, what] of [
        ["dbos", "DBOS, workflow of three steps"],
        ["graphile", "graphile-worker, a job"],
      ] as const) {
        const { url } = await postgres.createDatabase();
        found.push(...(await figuresOf(bench, name, what, [modules, url, count])));
      }
      return found;
    } finally {
      await postgres.stop();
    }
  },
};
