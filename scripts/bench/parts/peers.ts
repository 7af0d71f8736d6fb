import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { startNats } from "../../../test/services/nats.ts";
import { startPostgres, type TestPostgres } from "../../../test/services/postgres.ts";
import { installTools } from "../../fetch/package.ts";
import { type Figure, missing } from "../figure.ts";
import { quantile } from "../measure.ts";
import { type Bench, type Part, sized } from "../part.ts";
import { nodeProgram } from "../program.ts";
import { whyFailed, whyNotInstalled } from "../reason.ts";
import type { PeerRun, PeerTimes } from "../server/peer.ts";
import { PEERS, type PeerName } from "../tools.ts";
import { ask } from "./probes.ts";
import { DURABLE, measured } from "./server.ts";

const PEER = new URL("../server/peer.ts", import.meta.url).pathname;
/** ms without work before each wake of a queue: as the probe of our own has it. */
const IDLE = 20;

/** The same numbers for everybody. */
function shape(bench: Bench) {
  return {
    warm: sized(bench, 500, 2),
    alone: sized(bench, 500, 3),
    total: sized(bench, 5_000, 10),
    width: sized(bench, 64, 2),
  };
}

interface Own {
  name: string;
  /** ms of each: of runs, or for queues of wakes */
  alone: readonly number[];
  /** runs, or for queues steps, a second */
  perSecond: number;
}

export interface Compared {
  name: PeerName;
  what: string;
  /** jobs that are only taken, not workflows */
  queue: boolean;
  own: Own | undefined;
}

async function timesOf(
  bench: Bench,
  postgres: Pick<TestPostgres, "createDatabase">,
  name: PeerName,
  queue: boolean,
): Promise<PeerTimes> {
  const modules = await installTools(PEERS[name]);
  const { url } = await postgres.createDatabase();
  const folder = await mkdtemp(join(bench.folder, `${name}-`));
  const run: PeerRun = { name, modules, url, folder, pause: queue ? IDLE : 0, ...shape(bench) };
  const { stdout } = await nodeProgram([PEER], bench.folder).start([JSON.stringify(run)], { cwd: bench.folder });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as PeerTimes;
}

export function figuresOf({ what, queue, own }: Compared, { alone, perSecond }: PeerTimes): Figure[] {
  const [single, many] = queue ? ["a job sent to its handler begun", "jobs"] : ["workflow of three steps", "workflows"];
  const timed = (name: string, part: number, spread?: number): Figure => {
    const value = quantile(alone, part);
    const control = own && {
      name: `${own.name}, ${queue ? "wake" : "run"}, ${name}`,
      value: quantile(own.alone, part),
    };
    return {
      name: `${what}, ${single}, ${name}`,
      unit: "ms",
      value,
      ...(spread === undefined ? {} : { spread }),
      ...(control ? { control, ratio: value / control.value } : {}),
    };
  };
  return [
    timed("p50", 0.5, quantile(alone, 0.75) - quantile(alone, 0.25)),
    timed("p99", 0.99),
    {
      name: `${what}, ${many}`,
      unit: "/s",
      value: perSecond,
      ...(own
        ? {
            control: { name: `${own.name}, ${queue ? "steps" : "runs"}`, value: own.perSecond },
            ratio: perSecond / own.perSecond,
          }
        : {}),
    },
  ];
}

/** What of ours each kind of peer is put beside. */
async function ours(bench: Bench, postgres: TestPostgres): Promise<{ embedded: Own; runs?: Own; steps?: Own }> {
  const sizes = { ...shape(bench), burst: 1 };
  const alone = await measured(bench, undefined, sizes);
  const embedded = { name: "NoETL embedded", alone: alone.alone, perSecond: alone.perSecond };
  const nats = await startNats();
  if (!nats) {
    bench.note("peers: no nats-server, so those on PostgreSQL stand alone");
    return { embedded };
  }
  try {
    const cluster = async () => ({ postgres: (await postgres.createDatabase()).url, nats: nats.url });
    const found = await measured(bench, await cluster(), sizes);
    const wakes = await ask<number[]>(bench, "wake", sizes.alone, await cluster());
    const name = "NoETL on PostgreSQL and NATS";
    return {
      embedded,
      runs: { name, alone: found.alone, perSecond: found.perSecond },
      steps: { name, alone: wakes, perSecond: found.perSecond * 3 },
    };
  } finally {
    await nats.stop();
  }
}

/** One peer's rows: its figures, or why there are none. What one lacks costs the others nothing. */
export async function rows(
  bench: Bench,
  postgres: Pick<TestPostgres, "createDatabase">,
  peer: Compared,
): Promise<Figure[]> {
  try {
    await installTools(PEERS[peer.name]);
  } catch (error) {
    return [missing(peer.what, "ms", whyNotInstalled(error))];
  }
  try {
    return figuresOf(peer, await timesOf(bench, postgres, peer.name, peer.queue));
  } catch (error) {
    return [missing(peer.what, "ms", whyFailed(error))];
  }
}

/** Other durable runtimes on the same machine in the same run, fetched from npm; only with `--peers`. */
export const peers: Part = {
  name: "peers",
  async run(bench) {
    if (!bench.peers) {
      bench.note("peers: only with --peers, which installs them outside the repository");
      return [];
    }
    const postgres = await startPostgres({ settings: DURABLE });
    try {
      const { embedded, runs, steps } = await ours(bench, postgres);
      const all: Compared[] = [
        { name: "restate", what: "Restate", queue: false, own: embedded },
        { name: "dbos", what: "DBOS", queue: false, own: runs },
        { name: "graphile", what: "graphile-worker", queue: true, own: steps },
        { name: "pgboss", what: "pg-boss", queue: true, own: steps },
      ];
      const found: Figure[] = [];
      for (const peer of all) found.push(...(await rows(bench, postgres, peer)));
      return found;
    } finally {
      await postgres.stop();
    }
  },
};
