import { readFileSync } from "node:fs";
import { type Bus, openInProcessBus, openNatsBus, openPostgresBus } from "@noetl/bus";
import { type Clock, type Ids, isNoetlError, NoetlError } from "@noetl/core";
import type { ServerConfig } from "@noetl/server";
import {
  dataFolder,
  latestSchema,
  openPostgresStore,
  openSqliteStore,
  type PostgresTarget,
  postgresTarget,
  type Store,
} from "@noetl/store";
import type { Log } from "@noetl/worker";

type Environment = { readonly [name: string]: string | undefined };

/** Where a server keeps its state and how it wakes others, from the environment (decision 11). */
export interface Backends {
  store: Store;
  bus: Bus;
  /** what the server has to know about them */
  config: Pick<ServerConfig, "bus" | "shared">;
  /** for people */
  description: string;
  close(): Promise<void>;
}

export interface BackendPorts {
  env: Environment;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** creates or upgrades the schema of a PostgreSQL database; SQLite files are always brought up to date */
  initDb: boolean;
  signal: AbortSignal;
}

const WAIT_MS = 180_000;
const AGAIN_MS = 5_000;

export async function openBackends(ports: BackendPorts): Promise<Backends> {
  const target = postgresTarget(ports.env);
  const store = target ? await patiently(ports, () => openCluster(target, ports)) : await openLaptop(ports);
  try {
    const { bus, kind } = await patiently(ports, () => openBus(target, ports));
    const database = target ? "PostgreSQL" : `SQLite in ${dataFolder(ports.env)}`;
    return {
      store,
      bus,
      config: { bus: kind === "NATS" ? "broker" : "poll", shared: target !== undefined },
      description: `${database}, wake-ups ${kind}`,
      async close() {
        await bus.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function openLaptop({ env, clock, ids }: BackendPorts): Promise<Store> {
  return openSqliteStore({ folder: dataFolder(env), env, clock, ids, resident: true });
}

async function openCluster(target: PostgresTarget, { env, clock, ids, initDb }: BackendPorts): Promise<Store> {
  const store = await openPostgresStore({ target, env, clock, ids, ...poolOf(env) });
  try {
    const found = await schemaOf(store);
    // In an empty database there is nothing that could be spoilt; one that holds something is changed only when told to.
    if (initDb || found === "none") await store.migrate();
    else if (found < latestSchema("postgres")) throw behind(found);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Version of the schema; 0 = tables of an older NoETL, which counted none. */
async function schemaOf(store: Store): Promise<number | "none"> {
  const count = async (text: string) => Number((await store.query({ text, write: false })).rows[0]?.n);
  const tables = "SELECT count(*) AS n FROM information_schema.tables WHERE table_schema = 'noetl'";
  if ((await count(tables)) === 0) return "none";
  if ((await count(`${tables} AND table_name = 'schema_migration'`)) === 0) return 0;
  return count("SELECT coalesce(max(version), 0) AS n FROM noetl.schema_migration");
}

function behind(version: number): NoetlError {
  const needed = latestSchema("postgres");
  return new NoetlError("validation", "SCHEMA_OLD", `the database has schema ${version}, this NoETL needs ${needed}`, {
    hint: "noetl server start --init-db, or noetl db init --direct; make a backup before",
  });
}

function poolOf(env: Environment): { max?: number; statements?: number } {
  const number = (name: string) => {
    const text = env[name];
    if (text === undefined || text === "") return undefined;
    const value = Number(text);
    if (Number.isInteger(value) && value >= 0) return value;
    throw new NoetlError("validation", "E_CONFIG", `${name}: '${text}' is not a whole number`);
  };
  const max = number("POSTGRES_MAX_CONNECTIONS") ?? number("NOETL_POSTGRES_POOL_MAX_SIZE");
  const statements = number("NOETL_PG_STATEMENT_CACHE_CAPACITY");
  return { ...(max === undefined ? {} : { max }), ...(statements === undefined ? {} : { statements }) };
}

async function openBus(
  target: PostgresTarget | undefined,
  { env, clock }: BackendPorts,
): Promise<{ bus: Bus; kind: "NATS" | "PostgreSQL" | "in-process" }> {
  const url = env.NATS_URL || env.NOETL_NATS_URL;
  if (url) {
    const { NATS_USER: user, NATS_PASSWORD: password, NATS_STREAM: stream, NATS_CONSUMER: consumer } = env;
    const bus = await openNatsBus({
      url,
      clock,
      ...(user ? { user } : {}),
      ...(password ? { password } : {}),
      ...(stream ? { stream } : {}),
      ...(consumer ? { consumer } : {}),
    });
    return { bus, kind: "NATS" };
  }
  if (!target) return { bus: openInProcessBus({ clock }), kind: "in-process" };
  const config = "url" in target ? { connectionString: target.url } : target;
  return { bus: await openPostgresBus({ config, clock }), kind: "PostgreSQL" };
}

/** A database or broker that starts at the same time as the server may be late (server-api §8.1). */
async function patiently<T>({ env, clock, log, signal }: BackendPorts, open: () => Promise<T>): Promise<T> {
  const wait = seconds(env, "NOETL_DB_STARTUP_TIMEOUT", WAIT_MS);
  const again = seconds(env, "NOETL_DB_RETRY_INTERVAL", AGAIN_MS);
  const until = clock.now() + wait;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!isNoetlError(error) || error.meaning !== "unavailable" || clock.now() + again > until) throw error;
      log.warn(`not there yet; next try in ${again / 1_000} s`, { error });
      await clock.sleep(again, signal);
    }
  }
}

function seconds(env: Environment, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value * 1_000;
  throw new NoetlError("validation", "E_CONFIG", `${name}: '${text}' is not a number of seconds`);
}

/** `NOETL_TLS_CERT`, `NOETL_TLS_KEY`, `NOETL_TLS_CLIENT_CA` name PEM files. */
export function tlsOf(env: Environment): ServerConfig["tls"] {
  const { NOETL_TLS_CERT: cert, NOETL_TLS_KEY: key, NOETL_TLS_CLIENT_CA: ca } = env;
  if (!cert && !key && !ca) return undefined;
  if (!cert || !key) {
    throw new NoetlError("validation", "E_CONFIG", "NOETL_TLS_CERT and NOETL_TLS_KEY go together");
  }
  const text = (name: string, path: string) => {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      throw new NoetlError("validation", "E_CONFIG", `${name}: cannot read ${path}`, { cause: error });
    }
  };
  return {
    cert: text("NOETL_TLS_CERT", cert),
    key: text("NOETL_TLS_KEY", key),
    ...(ca ? { clientCa: text("NOETL_TLS_CLIENT_CA", ca) } : {}),
  };
}
