import { randomBytes } from "node:crypto";
import { openPostgresStore } from "@noetl/store";
import pg from "pg";
import { startNats, type TestNats } from "../services/nats.ts";
import { startPostgres, type TestPostgres } from "../services/postgres.ts";
import { startWeb, type TestWeb } from "../services/web.ts";

/** Everything the real playbooks talk to, on free loopback ports, and the environment that lets them find it. */
export interface Services {
  env: { [name: string]: string };
  nats: TestNats | undefined;
  postgres: TestPostgres;
  web: TestWeb;
  stop(): Promise<void>;
}

const POSTGRES_CREDENTIALS = ["PG_LOCAL", "PG_K8S", "PG_NOETL_K8S", "PG_DEMO"];

export async function startServices(): Promise<Services> {
  const [postgres, nats, web] = await Promise.all([startPostgres(), startNats(), startWeb()]);
  const { host, port, user, password, database } = postgres;
  const data = { db_host: host, db_port: port, db_user: user, db_password: password, db_name: database };
  const env: { [name: string]: string } = { ...web.env };
  for (const name of POSTGRES_CREDENTIALS) env[`NOETL_CREDENTIAL_${name}`] = JSON.stringify({ type: "postgres", data });
  if (nats) env.NOETL_CREDENTIAL_NATS_CREDENTIAL = JSON.stringify({ type: "nats", data: { nats_url: nats.url } });
  await prepare(postgres.url);
  // postgres_test reads the catalog of the control plane.
  const store = await openPostgresStore({
    target: { url: postgres.url },
    env: { NOETL_ENCRYPTION_KEY: randomBytes(32).toString("base64") },
  });
  await store.migrate();
  await store.close();
  if (nats) await createBucket(nats.url);
  return {
    env,
    nats,
    postgres,
    web,
    async stop() {
      await Promise.all([postgres.stop(), nats?.stop(), web.stop()]);
    },
  };
}

/** Tables that the owners' set-up scripts make before these playbooks run. */
async function prepare(url: string): Promise<void> {
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
