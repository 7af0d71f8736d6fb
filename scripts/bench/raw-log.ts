import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const BODY = JSON.stringify({
  type: "call.done",
  step: "start",
  run: 1,
  command_id: "start#1",
  updates: [],
  pad: "x".repeat(80),
});

/**
 * The control of everything that writes a log: the same number of rows, as large, as durable, in the same groups, with
 * nothing around it. Returns ms.
 */
export function rawLog(folder: string, rows: number, group = 512): number {
  const path = join(folder, "raw.db");
  for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  db.exec("CREATE TABLE event (run INTEGER, id INTEGER, seq INTEGER, type TEXT, body TEXT)");
  db.exec("CREATE UNIQUE INDEX event_key ON event (run, id); CREATE INDEX event_order ON event (run, seq)");
  const insert = db.prepare("INSERT INTO event VALUES (?, ?, ?, ?, ?)");
  const began = performance.now();
  for (let row = 0; row < rows; row++) {
    if (row % group === 0) db.exec(row === 0 ? "BEGIN IMMEDIATE" : "COMMIT; BEGIN IMMEDIATE");
    insert.run(1, row, row, "call.done", BODY);
  }
  db.exec("COMMIT");
  const ms = performance.now() - began;
  db.close();
  return ms;
}

/** ms that `times` commits of one row take, each durable before the next begins. */
export function rawCommits(folder: string, times: number): number {
  return rawLog(folder, times, 1);
}
