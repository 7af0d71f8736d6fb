import { randomBytes } from "node:crypto";
import type { JsonObject } from "@noetl/core";
import { openPostgresStore } from "@noetl/store";
import pg from "pg";
import { startNats, type TestNats } from "../services/nats.ts";
import { startPostgres, type TestDatabase } from "../services/postgres.ts";
import { startWeb } from "../services/web.ts";

/** Everything the real playbooks talk to, on free loopback ports; each subject has tables, buckets and sites of its own. */
export interface Services {
  readonly nats: boolean;
  world(): Promise<World>;
  stop(): Promise<void>;
}

/** What one subject works with. */
export interface World {
  /** what lets tools find the web sites */
  env: { [name: string]: string };
  credentials: { name: string; type: string; data: JsonObject }[];
  /** of a control plane in PostgreSQL; what playbooks reach has the same tables, empty: `postgres_test` reads the catalog */
  control: TestDatabase;
  nats: TestNats | undefined;
  encryptionKey: string;
}

const POSTGRES_CREDENTIALS = ["pg_local", "pg_k8s", "pg_noetl_k8s", "pg_demo"];

export async function startServices(): Promise<Services> {
  const [postgres, first] = await Promise.all([startPostgres(), startNats()]);
  const open: { stop(): Promise<void> }[] = [postgres];
  const spare = first ? [first] : [];
  if (first) open.push(first);
  return {
    nats: first !== undefined,
    async world() {
      const database = await postgres.createDatabase();
      const [control, web, nats] = await Promise.all([
        postgres.createDatabase(),
        startWeb(),
        first ? (spare.pop() ?? startNats()) : undefined,
      ]);
      open.push(web);
      if (nats && nats !== first) open.push(nats);
      const encryptionKey = randomBytes(32).toString("base64");
      await prepare(database.url, encryptionKey);
      if (nats) await createBucket(nats.url);
      return { env: web.env, credentials: credentialsOf(database, nats), control, nats, encryptionKey };
    },
    async stop() {
      await Promise.all(open.map((service) => service.stop()));
    },
  };
}

function credentialsOf(database: TestDatabase, nats: TestNats | undefined): World["credentials"] {
  const { host, port, user, password } = database;
  const data = { db_host: host, db_port: port, db_user: user, db_password: password, db_name: database.database };
  return [
    ...POSTGRES_CREDENTIALS.map((name) => ({ name, type: "postgres", data })),
    ...(nats ? [{ name: "nats_credential", type: "nats", data: { nats_url: nats.url } }] : []),
  ];
}

/** Tables that the owners' set-up scripts make before these playbooks run. */
async function prepare(url: string, key: string): Promise<void> {
  const store = await openPostgresStore({ target: { url }, env: { NOETL_ENCRYPTION_KEY: key } });
  await store.migrate();
  await store.close();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`
      CREATE TABLE IF NOT EXISTS public.stress_test_items (item_id bigint PRIMARY KEY, group_id int NOT NULL);
      INSERT INTO public.stress_test_items SELECT n, n % 7 FROM generate_series(1, 120) AS n ON CONFLICT DO NOTHING;
      CREATE TABLE IF NOT EXISTS public.stress_test_results (
        item_id bigint PRIMARY KEY, result_data jsonb, processed_at timestamptz DEFAULT now());
    `);
  } finally {
    await client.end();
  }
}

async function createBucket(url: string): Promise<void> {
  const { connect } = await import("@nats-io/transport-node");
  const { Kvm } = await import("@nats-io/kv");
  const connection = await connect({ servers: url });
  try {
    await new Kvm(connection).create("sessions");
  } finally {
    await connection.close();
  }
}
