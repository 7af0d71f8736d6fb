/**
 * `node peer.ts NAME MODULES DATABASE COUNT`: what another durable runtime does with the same PostgreSQL, in a process of its
 * own; prints one JSON document. `MODULES` is the folder the peers are installed in.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { DBOS as Dbos, GraphileWorker } from "./peer-types.ts";

export interface PeerTimes {
  /** ms of each, one after the other */
  alone: number[];
  /** as many as there are, 64 at one time */
  perSecond: number;
}

const WIDTH = 64;

async function timesOf(one: () => Promise<unknown>, count: number): Promise<PeerTimes> {
  for (let run = 0; run < count / 10; run++) await one();
  const alone: number[] = [];
  for (let run = 0; run < count; run++) {
    const began = performance.now();
    await one();
    alone.push(performance.now() - began);
  }
  let left = count * 5;
  const began = performance.now();
  const lane = async () => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: WIDTH }, lane));
  return { alone, perSecond: (count * 5_000) / (performance.now() - began) };
}

/** A workflow of three steps that do nothing. */
async function dbos(require: NodeJS.Require, url: string, count: number): Promise<PeerTimes> {
  const { DBOS } = require("@dbos-inc/dbos-sdk") as { DBOS: Dbos };
  DBOS.setConfig({ name: "bench", systemDatabaseUrl: url, runAdminServer: false, logLevel: "error" });
  const workflow = DBOS.registerWorkflow(
    async () => {
      for (const name of ["a", "b", "c"]) await DBOS.runStep(async () => 1, { name });
    },
    { name: "three" },
  );
  await DBOS.launch();
  try {
    return await timesOf(workflow, count);
  } finally {
    await DBOS.shutdown();
  }
}

/** A job that is added and run by an idle worker: the least a durable queue does. */
async function graphile(require: NodeJS.Require, url: string, count: number): Promise<PeerTimes> {
  const { run, Logger } = require("graphile-worker") as GraphileWorker;
  const waiting = new Map<number, () => void>();
  const runner = await run({
    connectionString: url,
    concurrency: WIDTH,
    noHandleSignals: true,
    logger: new Logger(() => () => {}),
    taskList: { noop: async (payload) => waiting.get((payload as { id: number }).id)?.() },
  });
  let last = 0;
  try {
    return await timesOf(async () => {
      const id = ++last;
      const done = new Promise<void>((resolve) => waiting.set(id, resolve));
      await runner.addJob("noop", { id });
      await done;
      waiting.delete(id);
    }, count);
  } finally {
    await runner.stop();
  }
}

const PEERS = { dbos, graphile };
export type PeerName = keyof typeof PEERS;

const [name = "", modules = "", url = "", count = "0"] = process.argv.slice(2);
const times = await PEERS[name as PeerName](createRequire(join(modules, "peers.js")), url, Number(count));
console.log(JSON.stringify(times));
process.exit(0);
