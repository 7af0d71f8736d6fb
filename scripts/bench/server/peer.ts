/** `node peer.ts OPTIONS`: what another durable runtime does, in a process of its own; prints one JSON document. */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { PeerName } from "../tools.ts";
import { dbos } from "./peers/dbos.ts";
import { graphile } from "./peers/graphile.ts";
import type { Peer, PeerOptions } from "./peers/peer.ts";
import { pgboss } from "./peers/pgboss.ts";
import { restate } from "./peers/restate.ts";

export interface PeerRun {
  name: PeerName;
  /** the node_modules that its packages are in */
  modules: string;
  url: string;
  folder: string;
  warm: number;
  /** one after the other */
  alone: number;
  /** ms of nothing before each of these */
  pause: number;
  /** as many as there are, `width` at a time */
  total: number;
  width: number;
}

export interface PeerTimes {
  /** ms of each */
  alone: number[];
  perSecond: number;
}

const PEERS: Readonly<Record<PeerName, (options: PeerOptions) => Promise<Peer>>> = { dbos, graphile, pgboss, restate };

async function many({ one }: Peer, total: number, width: number): Promise<void> {
  let left = total;
  const lane = async () => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: width }, lane));
}

async function times(peer: Peer, { warm, alone, pause, total, width }: PeerRun): Promise<PeerTimes> {
  await many(peer, warm, 4);
  const each: number[] = [];
  for (let run = 0; run < alone; run++) {
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    const began = performance.now();
    await peer.one();
    each.push(performance.now() - began);
  }
  const began = performance.now();
  await many(peer, total, width);
  return { alone: each, perSecond: (total * 1_000) / (performance.now() - began) };
}

const run = JSON.parse(process.argv[2] ?? "{}") as PeerRun;
const { name, modules, url, folder, width } = run;
const peer = await PEERS[name]({ require: createRequire(join(modules, "peers.js")), url, folder, width });
const found = await times(peer, run);
await peer.close();
console.log(JSON.stringify(found));
process.exit(0);
