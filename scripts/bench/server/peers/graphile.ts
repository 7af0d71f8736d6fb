import { arrivals, type Peer, type PeerOptions, POOL } from "./peer.ts";
import type { GraphileWorker } from "./types.ts";

/** A job that is added and taken by a worker that listens: the least a durable queue does. */
export async function graphile({ require, url, width }: PeerOptions): Promise<Peer> {
  const { run, Logger } = require("graphile-worker") as GraphileWorker;
  const jobs = arrivals();
  const runner = await run({
    connectionString: url,
    concurrency: width,
    maxPoolSize: POOL,
    noHandleSignals: true,
    logger: new Logger(() => () => {}),
    taskList: { noop: async (payload) => jobs.see(payload) },
  });
  return {
    one: () => jobs.of((id) => runner.addJob("noop", { id })),
    close: () => runner.stop(),
  };
}
