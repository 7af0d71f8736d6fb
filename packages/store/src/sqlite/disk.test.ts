import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { systemClock } from "@noetl/core";
import { sql } from "../sql/statement.ts";
import { type Disk, walDisk } from "./disk.ts";
import { connect } from "./driver.ts";
import { executor } from "./executor.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "noetl-disk-"));
});
after(() => rm(folder, { recursive: true, force: true }));

/** A disk that says what was asked of it; what is not `now` waits until `finish`. */
function slowDisk() {
  const asked: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const disk: Disk = {
    syncNow: () => void asked.push("now"),
    sync: () => {
      asked.push("later");
      return promise;
    },
    close: async () => undefined,
  };
  return { disk, asked, finish: () => resolve(), fail: (error: Error) => reject(error) };
}

async function open(disk: Disk) {
  const connection = await connect(":memory:");
  connection.exec("CREATE TABLE kept (word TEXT PRIMARY KEY)");
  const runner = executor(connection, ":memory:", systemClock, disk);
  const write = (word: string, durable?: boolean) =>
    runner.write(
      function* () {
        yield sql`INSERT INTO kept (word) VALUES (${word})`;
      },
      durable === undefined ? {} : { durable },
    );
  return { write, runner };
}

describe("the wait for the disk", () => {
  test("is spared when no write of a turn needs it", async () => {
    const { disk, asked } = slowDisk();
    const { write } = await open(disk);
    await write("a", false);
    await Promise.all([write("b", false), write("c", false)]);
    assert.deepEqual(asked, []);
  });

  test("of a lone write is on the spot", async () => {
    const { disk, asked } = slowDisk();
    const { write } = await open(disk);
    await write("a");
    assert.deepEqual(asked, ["now"]);
  });

  test("of a group is one, off the thread; nobody is told before, and others go on", async () => {
    const { disk, asked, finish } = slowDisk();
    const { write } = await open(disk);
    const told: string[] = [];
    const tell = (word: string) => () => void told.push(word);
    const group = [write("a").then(tell("a")), write("b", false).then(tell("b")), write("c").then(tell("c"))];
    await group[1];
    await write("d", false).then(tell("d"));
    assert.deepEqual(told, ["b", "d"]);
    finish();
    await Promise.all(group);
    assert.deepEqual(told, ["b", "d", "a", "c"]);
    assert.deepEqual(asked, ["later"]);
  });

  test("that fails is told to all who waited", async () => {
    const { disk, fail } = slowDisk();
    const { write } = await open(disk);
    const group = [write("a"), write("b")];
    const outcome = Promise.allSettled(group);
    await setImmediate();
    fail(Object.assign(new Error("EIO: i/o error"), { errno: -5 }));
    assert.deepEqual(
      (await outcome).map(({ status }) => status),
      ["rejected", "rejected"],
    );
  });
});

describe("a write that fails in company", () => {
  test("takes none of the others with it", async () => {
    const { disk, finish } = slowDisk();
    finish();
    const { write } = await open(disk);
    await write("a", false);
    const [first, again, last] = await Promise.allSettled([write("b"), write("a"), write("c")]);
    assert.deepEqual([first?.status, again?.status, last?.status], ["fulfilled", "rejected", "fulfilled"]);
  });
});

describe("walDisk", () => {
  test("shares one sync among those who wait for it", async () => {
    const path = join(folder, "shared.db");
    await writeFile(`${path}-wal`, "x");
    const disk = walDisk(path);
    const [first, second, third] = [disk.sync(), disk.sync(), disk.sync()];
    assert.notEqual(first, second);
    assert.equal(second, third);
    await Promise.all([first, second, third]);
    await disk.close();
  });

  test("that failed once never claims anything again", async () => {
    const path = join(folder, "gone.db");
    const disk = walDisk(path);
    await assert.rejects(disk.sync(), { meaning: "unavailable", code: "STORE_IO" });
    await writeFile(`${path}-wal`, "x");
    await assert.rejects(disk.sync(), { meaning: "unavailable", code: "STORE_IO" });
    assert.throws(() => disk.syncNow(), { meaning: "unavailable", code: "STORE_IO" });
    await disk.close();
  });
});
