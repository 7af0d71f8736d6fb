import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@noetl/core";
import { enter, run, stamper, testIds } from "../contract/world.ts";
import { type Operation, type Row, raw, sql } from "../sql/statement.ts";
import { openDatabase } from "./database.ts";
import { connect } from "./driver.ts";
import { openSqliteStore } from "./open.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "noetl-sqlite-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const writer = (data: string, machine: number, count: number): ChildProcess =>
  spawn(
    process.execPath,
    [new URL("../contract/writer.ts", import.meta.url).pathname, data, String(machine), String(count)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );

/** What the child said is durable: execution id and seq. */
async function acknowledged(
  child: ChildProcess,
  onLine: (line: string) => void = () => {},
): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  assert.ok(child.stdout);
  const ended = once(child, "close");
  for await (const line of createInterface({ input: child.stdout })) {
    const [id = "", seq] = line.split(" ");
    seen.set(id, Number(seq));
    onLine(line);
  }
  await ended;
  return seen;
}

describe("several processes", () => {
  test("append to one file at the same time and lose nothing", async () => {
    const data = join(folder, "shared");
    const children = [1, 2, 3].map((machine) => writer(data, machine, 40));
    const seen = await Promise.all(children.map((child) => acknowledged(child)));
    const store = await openSqliteStore({ folder: data });
    for (const map of seen) {
      assert.equal(map.size, 1);
      for (const [id, seq] of map) {
        assert.equal(seq, 40);
        const events = await store.log.load(id);
        assert.deepEqual(
          events.map((event) => event.seq),
          Array.from({ length: 40 }, (_, index) => index + 1),
        );
      }
    }
    await store.close();
  });

  test("killed at any moment: what was acknowledged is there, and nothing is half written", async () => {
    const data = join(folder, "killed");
    for (const lines of [1, 3, 7]) {
      const child = writer(data, lines, 100_000);
      let count = 0;
      const seen = await acknowledged(child, () => {
        if (++count === lines) child.kill("SIGKILL");
      });
      const store = await openSqliteStore({ folder: data });
      for (const [id, seq] of seen) {
        const events = await store.log.load(id);
        assert.ok(events.length >= seq, `${events.length} of ${seq}`);
        assert.deepEqual(
          events.map((event) => event.seq),
          events.map((_, index) => index + 1),
        );
        assert.equal((await store.executions.get(id))?.seq, events.length);
      }
      await store.close();
    }
  });
});

describe("writes of one turn", () => {
  test("share a transaction, and one that fails takes none of the others with it", async () => {
    const store = await openSqliteStore({ folder: join(folder, "group") });
    const ids = testIds();
    const runs = Array.from({ length: 10 }, () => run(ids, systemClock));
    await Promise.all(runs.map((summary) => store.executions.create(summary, "t")));
    const results = await Promise.allSettled(
      runs.map(({ execution_id }, index) =>
        store.log.append({
          execution_id,
          expectedSeq: index === 4 ? 9 : 0,
          events: [stamper(ids, systemClock, execution_id)(enter("s"))],
        }),
      ),
    );
    assert.deepEqual(
      results.map((result) => result.status === "rejected"),
      runs.map((_, index) => index === 4),
    );
    assert.deepEqual(await store.log.load(runs[4]?.execution_id ?? ""), []);
    assert.equal((await store.log.load(runs[5]?.execution_id ?? "")).length, 1);
    await store.close();
  });

  test("asked for before close are done", async () => {
    const data = join(folder, "closing");
    const store = await openSqliteStore({ folder: data });
    const summary = run(testIds(), systemClock);
    const creating = store.executions.create(summary, "t");
    await store.close();
    await creating;
    await assert.rejects(store.executions.get(summary.execution_id), { code: "STORE_CLOSED" });
    const again = await openSqliteStore({ folder: data });
    assert.ok(await again.executions.get(summary.execution_id));
    await again.close();
  });
});

describe("a file that cannot be used", () => {
  test("because it is something else", async () => {
    const path = join(folder, "text.db");
    await writeFile(path, "this is not a database, it is a long enough text file".repeat(50));
    await assert.rejects(openSqliteStore({ path }), { meaning: "terminal", code: "STORE_CORRUPT" });
  });

  test("because a newer NoETL wrote it", async () => {
    const path = join(folder, "newer", "noetl.db");
    await (await openSqliteStore({ path })).close();
    const connection = await connect(path);
    connection.exec("PRAGMA user_version = 999");
    connection.close();
    await assert.rejects(openSqliteStore({ path }), { meaning: "terminal", code: "STORE_NEWER" });
  });

  test("because its folder cannot be made", async () => {
    await writeFile(join(folder, "plain"), "");
    await assert.rejects(openSqliteStore({ folder: join(folder, "plain", "below") }), { meaning: "unavailable" });
    await mkdir(join(folder, "taken", "noetl.db"), { recursive: true });
    await assert.rejects(openSqliteStore({ folder: join(folder, "taken") }), { code: "STORE_UNREACHABLE" });
  });

  test("because it may not be written", async (context) => {
    if (process.getuid?.() === 0) return context.skip("root may write everywhere");
    const data = join(folder, "readonly");
    await (await openSqliteStore({ folder: data })).close();
    await chmod(join(data, "noetl.db"), 0o400);
    await chmod(data, 0o500);
    context.after(() => chmod(data, 0o700));
    const outcome = openSqliteStore({ folder: data }).then((store) =>
      store.executions.create(run(testIds(), systemClock), "t"),
    );
    await assert.rejects(outcome, { meaning: "unavailable" });
  });

  test("because the disk is full", async () => {
    const path = join(folder, "full", "noetl.db");
    const store = await openSqliteStore({ path });
    const summary = run(testIds(), systemClock);
    await store.executions.create(summary, "t");
    await store.close();
    const db = await openDatabase(path, systemClock);
    await db.read(function* () {
      yield raw("PRAGMA noetl.max_page_count = 1");
    });
    const big = "x".repeat(1 << 20);
    const fill = db.write(function* () {
      yield sql`INSERT INTO noetl.definition (sha256, content) VALUES ('a', ${big})`;
    });
    await assert.rejects(fill, { meaning: "unavailable", code: "STORE_FULL" });
    assert.equal(
      (
        await db.read(function* (): Operation<Row[]> {
          return yield sql`SELECT 1 AS one FROM noetl.execution`;
        })
      ).length,
      1,
    );
    await db.close();
  });

  test("because another process holds it: waits, then says so", async () => {
    const path = join(folder, "locked", "noetl.db");
    await (await openSqliteStore({ path })).close();
    const other = await connect(path);
    other.exec("BEGIN IMMEDIATE");
    let now = 0;
    // Virtual patience: ten seconds pass in ten pauses.
    const clock = {
      now: () => now,
      sleep: async () => {
        now += 1_000;
      },
    };
    const store = await openSqliteStore({ path, clock });
    const create = () => store.executions.create(run(testIds(), systemClock), "t");
    await assert.rejects(create(), { meaning: "unavailable", code: "STORE_LOCKED" });
    assert.deepEqual(await store.executions.list(), []);
    other.exec("COMMIT");
    await create();
    other.close();
    await store.close();
  });
});
