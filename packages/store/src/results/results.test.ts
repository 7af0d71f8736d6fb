import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { openSqliteStore } from "../sqlite/open.ts";
import { extract } from "./extract.ts";

describe("extract", () => {
  test("answers scalars, counts, short lists and one level of nesting", () => {
    const body = {
      s: "x",
      n: 1.5,
      no: false,
      nil: null,
      list: [1, "a"],
      rows: [{ a: 1 }],
      many: Array.from({ length: 11 }, (_, index) => index),
      columns: Array.from({ length: 20 }, (_, index) => `c${index}`),
      deep: { a: 1, b: { c: 2 }, long: "x".repeat(501) },
      long: "x".repeat(501),
    };
    assert.deepEqual(extract(body), {
      s: "x",
      n: 1.5,
      no: false,
      nil: null,
      list: [1, "a"],
      columns: body.columns,
      list_count: 2,
      rows_count: 1,
      many_count: 11,
      columns_count: 20,
      deep_a: 1,
    });
  });

  test("never lets a derived name answer for a key of the body", () => {
    assert.deepEqual(extract({ rows: [[1]], rows_count: { own: [] }, a: { b: 1 }, a_b: "own" }), { a_b: "own" });
  });

  test("stays small whatever the body", () => {
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, "v".repeat(100)]));
    assert.ok(JSON.stringify(extract({ ...wide, status: "late" })).length < 30_000);
    assert.equal(extract({ ...wide, status: "late" }).status, "late");
    assert.deepEqual(extract("text"), {});
    assert.deepEqual(extract([1, 2]), {});
  });
});

describe("spilled results", () => {
  const large = { text: "y".repeat(2 << 20) };
  const begin = async () => {
    const folder = await mkdtemp(join(tmpdir(), "noetl-results-"));
    const store = await openSqliteStore({ folder });
    const stored = await store.results.put({ execution_id: "5", step: "s", body: large, scope: "execution", ttl: 1 });
    const files = await readdir(join(folder, "results", "5"));
    return { folder, store, stored, files, end: () => store.close().then(() => rm(folder, { recursive: true })) };
  };

  test("are one whole file, removed when collected", async () => {
    const { folder, store, stored, files, end } = await begin();
    assert.equal(stored.store, "disk");
    assert.equal(files.length, 1);
    assert.equal(await store.results.collect(Date.now() + 2_000), 1);
    assert.deepEqual(await readdir(join(folder, "results", "5")), []);
    await end();
  });

  test("that were changed or lost are told apart from those that never were", async () => {
    const { folder, store, stored, files, end } = await begin();
    const path = join(folder, "results", "5", files[0] ?? "");
    await writeFile(path, '{"text":"changed"}');
    await assert.rejects(store.results.get(stored.ref), { code: "RESULT_DAMAGED" });
    await rm(path);
    await assert.rejects(store.results.get(stored.ref), { code: "RESULT_LOST" });
    await end();
  });
});
