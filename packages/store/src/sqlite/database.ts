import type { Clock } from "@noetl/core";
import { NoetlError } from "@noetl/core";
import type { Database } from "../sql/database.ts";
import { type Operation, raw } from "../sql/statement.ts";
import { int, text } from "../sql/values.ts";
import { runStatement } from "./console.ts";
import { type Disk, noDisk, walDisk } from "./disk.ts";
import { type Connection, connect } from "./driver.ts";
import { sqliteError } from "./errors.ts";
import { type Executor, executor } from "./executor.ts";
import { migrations } from "./migrations.ts";

/** 16 MB: pages that are written again and again are copied to the file less often. A log that still grows is slower, so not for a short life. */
const RESIDENT_PAGES = 4_000;

/**
 * Opens the file attached as schema `noetl`, so that `noetl.event` names the same table as in PostgreSQL (decision 11).
 * WAL lets other processes read while one writes; a commit survives the end of this process, and the executor brings it to the
 * disk so that it survives a power cut. `resident`: this process stays and writes much.
 */
export async function openDatabase(path: string, clock: Clock, { resident = false } = {}): Promise<Database> {
  const connection = await connect(":memory:");
  try {
    connection.exec("PRAGMA busy_timeout = 100");
    connection.exec("PRAGMA temp_store = MEMORY");
    attach(connection, path);
    if (resident) connection.exec(`PRAGMA noetl.wal_autocheckpoint = ${RESIDENT_PAGES}`);
    const disk = path === ":memory:" ? noDisk : await diskOf(connection, path, clock);
    const runner = executor(connection, path, clock, disk);
    let closing: Promise<void> | undefined;
    return {
      dialect: "sqlite",
      read: runner.read,
      write: runner.write,
      query: async (input) => runStatement(connection, input),
      pool: () => undefined,
      migrate: () => migrate(runner, path),
      close: () => {
        closing ??= runner.close().then(() => connection.close());
        return closing;
      },
    };
  } catch (error) {
    connection.close();
    throw sqliteError(error, path);
  }
}

function attach(connection: Connection, path: string): void {
  connection.prepare("ATTACH ? AS noetl").all([path]);
  connection.exec("PRAGMA noetl.synchronous = NORMAL");
}

/** A file system that cannot have a write-ahead log leaves SQLite with its rollback journal, and with the sync at each commit. */
async function diskOf(connection: Connection, path: string, clock: Clock): Promise<Disk> {
  const mode = await executor(connection, path, clock, noDisk).read(function* (): Operation<string> {
    const [row] = yield raw("PRAGMA noetl.journal_mode = WAL");
    return text(row?.journal_mode);
  });
  if (mode === "wal") return walDisk(path);
  connection.exec("PRAGMA noetl.synchronous = FULL");
  return noDisk;
}

async function migrate(runner: Executor, path: string): Promise<void> {
  const version = function* (): Operation<number> {
    const [row] = yield raw("PRAGMA noetl.user_version");
    return int(row?.user_version);
  };
  if ((await runner.read(version)) === migrations.length) return;
  await runner.write(function* () {
    const current = yield* version();
    if (current > migrations.length) {
      throw new NoetlError("terminal", "STORE_NEWER", `${path} was written by a newer NoETL`, {
        hint: "update this NoETL, or use another data folder",
      });
    }
    for (const migration of migrations.slice(current)) {
      for (const statement of migration.split(";\n")) if (statement.trim() !== "") yield raw(statement);
    }
    yield raw(`PRAGMA noetl.user_version = ${migrations.length}`);
  });
}
