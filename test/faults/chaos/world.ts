import { randomBytes } from "node:crypto";
import { openPostgresStore, type Store } from "@noetl/store";
import { type Plane, type Process, plane } from "../../e2e/distributed/plane.ts";
import { freePort } from "../../services/guarded.ts";
import { startMortalNats } from "../../services/nats.ts";
import { startMortalPostgres } from "../../services/postgres.ts";

export type Kind = "server" | "worker" | "postgres" | "nats-server";

/** Somebody who is killed and comes back. */
export interface Victim {
  kind: Kind;
  name: string;
  kill(): Promise<void>;
  revive(): Promise<void>;
}

/** PostgreSQL, NATS, two servers and two workers, each a process of its own. */
export interface ChaosWorld {
  folder: string;
  /** of the servers, up or not */
  urls: readonly string[];
  victims: readonly Victim[];
  /** for the auditor; connections break when PostgreSQL is killed, the next call makes new ones */
  store: Store;
  close(): Promise<void>;
}

/** Undefined when there is no nats-server. */
export async function chaosWorld(): Promise<ChaosWorld | undefined> {
  const nats = await startMortalNats();
  if (!nats) return undefined;
  const postgres = await startMortalPostgres();
  const env = {
    NOETL_DATABASE_URL: postgres.url,
    NATS_URL: nats.url,
    NOETL_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    NOETL_DB_RETRY_INTERVAL: "0.3",
  };
  const at = await plane(env);
  const ports = [await freePort(), await freePort()];
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const mortals = [
    ...ports.map((port, index) => reborn("server", `server${index}`, (name) => at.server(port, [], name))),
    ...urls.map((url, index) => reborn("worker", `worker${index}`, (name) => startWorker(at, url, name))),
  ];
  for (const one of mortals) await one.revive();
  return {
    folder: at.folder,
    urls,
    victims: [
      ...mortals,
      { kind: "postgres", name: "postgres", kill: postgres.kill, revive: postgres.revive },
      { kind: "nats-server", name: "nats-server", kill: nats.kill, revive: nats.revive },
    ],
    store: await openPostgresStore({ target: { url: postgres.url }, env }),
    async close() {
      await at.close();
      await Promise.all([postgres.close(), nats.close()]);
    },
  };
}

const startWorker = (at: Plane, url: string, name: string) => at.worker(url, name);

function reborn(kind: Kind, name: string, start: (name: string) => Promise<Process>): Victim {
  let running: Process | undefined;
  return {
    kind,
    name,
    async kill() {
      await running?.kill();
      running = undefined;
    },
    async revive() {
      running = await start(name);
    },
  };
}
