import type { Clock } from "@noetl/core";
import { NoetlError } from "@noetl/core";
import type { Database } from "../sql/database.ts";
import { type Operation, raw } from "../sql/statement.ts";
import { int } from "../sql/values.ts";
import { runStatement } from "./console.ts";
import { type Connection, connect } from "./driver.ts";
import { sqliteError } from "./errors.ts";
import { type Executor, executor } from "./executor.ts";
import { migrations } from "./migrations.ts";

/**
 * Opens the file attached as schema `noetl`, so that `noetl.event` names the same table as in PostgreSQL (decision 11).
 * WAL lets other processes read while one writes; `synchronous=FULL` makes a commit survive a power cut.
 */
export async function openDatabase(path: string, clock: Clock): Promise<Database> {
  const connection = await connect(":memory:");
  try {
    connection.exec("PRAGMA busy_timeout = 100");
    attach(connection, path);
    const runner = executor(connection, path, clock);
    if (path !== ":memory:") await persistent(runner);
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
  connection.exec("PRAGMA noetl.synchronous = FULL");
}

async function persistent(runner: Executor): Promise<void> {
  await runner.read(function* () {
    yield raw("PRAGMA noetl.journal_mode = WAL");
  });
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
