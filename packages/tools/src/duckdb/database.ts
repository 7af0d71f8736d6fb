import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { ToolCall } from "../tool.ts";
import { loadDuckdb } from "./library.ts";

const DEFAULT_FILE = ".noetl/state.duckdb";

/** Where the database of a step is (DSL §12.3): `:memory:`, or a path relative to the playbook. */
export function databasePath(database: string | undefined, call: ToolCall): string {
  if (database === ":memory:") return database;
  return resolve(call.env.playbookDirectory ?? call.env.workingDirectory, database ?? DEFAULT_FILE);
}

interface Shared {
  instance: Promise<DuckDBInstance>;
  users: number;
  /** the end of the last writer's work */
  writer: Promise<void>;
}

/**
 * Runs `use` on a connection to a database. Calls in this process share one instance of a file, and those that write come
 * one after the other. The file is let go as soon as nobody uses it: only one process at a time may have it, and the next
 * step may be a program that wants it.
 */
export async function withDatabase<T>(
  path: string,
  writes: boolean,
  call: ToolCall,
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const { DuckDBInstance } = await loadDuckdb();
  if (path === ":memory:") {
    const instance = await DuckDBInstance.create(path);
    return withConnection(instance, use).finally(() => instance.closeSync());
  }
  const open = call.env.resources.get("duckdb", () => new Map<string, Shared>(), closeAll);
  await mkdir(dirname(path), { recursive: true });
  const shared = open.get(path) ?? { instance: DuckDBInstance.fromCache(path), users: 0, writer: Promise.resolve() };
  open.set(path, shared);
  shared.users++;
  try {
    const instance = await shared.instance;
    return await (writes ? inTurn(shared, () => withConnection(instance, use)) : withConnection(instance, use));
  } finally {
    shared.users--;
    if (shared.users === 0 && open.get(path) === shared) {
      open.delete(path);
      await close(shared);
    }
  }
}

async function withConnection<T>(
  instance: DuckDBInstance,
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const connection = await instance.connect();
  try {
    return await use(connection);
  } finally {
    connection.disconnectSync();
  }
}

function inTurn<T>(shared: Shared, work: () => Promise<T>): Promise<T> {
  const mine = shared.writer.then(work);
  const settled = () => {};
  shared.writer = mine.then(settled, settled);
  return mine;
}

async function closeAll(open: Map<string, Shared>): Promise<void> {
  const all = [...open.values()];
  open.clear();
  await Promise.all(all.map(close));
}

/** Waits until writing has ended; a file that could not be opened need not be closed. */
async function close({ instance, writer }: Shared): Promise<void> {
  await writer;
  await instance.then(
    (opened) => opened.closeSync(),
    () => {},
  );
}
