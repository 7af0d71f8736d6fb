import { arrivals, type Peer, type PeerOptions, POOL } from "./peer.ts";
import type { PgBossModule } from "./types.ts";

const QUEUE = "noop";
/** Loops that fetch; each takes a whole batch, so that together they have `width` jobs. */
const LOOPS = 4;

/** A job that is sent and taken by a worker that is woken by NOTIFY, and fetches on while batches are full. */
export async function pgboss({ require, url, width }: PeerOptions): Promise<Peer> {
  const { PgBoss } = require("pg-boss") as PgBossModule;
  const boss = new PgBoss({ connectionString: url, max: POOL, useListenNotify: true });
  boss.on("error", (error) => {
    throw error;
  });
  await boss.start();
  await boss.createQueue(QUEUE, { notify: true });
  const jobs = arrivals();
  const work = { localConcurrency: LOOPS, batchSize: Math.ceil(width / LOOPS), burstWhenBatchFull: true };
  await boss.work(QUEUE, work, async (batch) => {
    for (const { data } of batch) jobs.see(data);
  });
  return {
    one: () => jobs.of((id) => boss.send(QUEUE, { id })),
    close: () => boss.stop({ graceful: false }),
  };
}
