import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Json, JsonObject } from "@noetl/core";
import { createRegistry } from "../registry/registry.ts";
import { testHost } from "../testing/call.ts";
import type { Tool, ToolDone } from "../tool.ts";

const registry = createRegistry();
const sink = registry.get("sink") as Tool;
let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "noetl-sink-test-"));
});
after(() => rm(folder, { recursive: true }));

function write(config: JsonObject, latest?: Json): Promise<ToolDone> {
  return testHost({ workingDirectory: folder, latestResult: () => latest }).run(sink, config);
}
const read = (name: string) => readFile(join(folder, name), "utf8");

test("JSON, YAML and CSV by the file's ending or by name", async () => {
  const data = [
    { a: 1, b: 'say "hi", x' },
    { a: null, c: [1, { d: true }] },
  ];
  const { data: said } = await write({ target: { type: "file", path: "out/a.json" }, data });
  assert.deepEqual(JSON.parse(await read("out/a.json")), data);
  assert.deepEqual(said, {
    status: "ok",
    type: "file",
    path: join(folder, "out/a.json"),
    format: "json",
    bytes: (await read("out/a.json")).length,
    rows: 2,
  });
  await write({ target: { path: "a.yml" }, data: { list: [1, "yes", "001"] } });
  assert.equal(await read("a.yml"), 'list:\n  - 1\n  - yes\n  - "001"\n');
  await write({ target: { path: "a.txt" }, format: "CSV", data });
  assert.equal(await read("a.txt"), 'a,b,c\r\n1,"say ""hi"", x",\r\n,,"[1,{""d"":true}]"\r\n');
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.endsWith(".part")),
    [],
  );
});

test("the rows of a query, lists of lists and single values as CSV", async () => {
  await write({
    target: { path: "q.csv" },
    data: {
      columns: ["x", "y"],
      rows: [
        [1, 2],
        [3, null],
      ],
      row_count: 2,
    },
  });
  assert.equal(await read("q.csv"), "x,y\r\n1,2\r\n3,\r\n");
  await write({
    target: { path: "l.csv" },
    data: [
      [1, "a"],
      [2, "b"],
    ],
  });
  assert.equal(await read("l.csv"), "1,a\r\n2,b\r\n");
  await write({ target: { path: "s.csv" }, data: "one" });
  assert.equal(await read("s.csv"), "one\r\n");
});

test("without data it is the latest result", async () => {
  await write({ target: { path: "latest.json" } }, { n: 1 });
  assert.deepEqual(JSON.parse(await read("latest.json")), { n: 1 });
  await write({ target: { path: "null.json" }, data: null }, { n: 1 });
  assert.equal(await read("null.json"), "null\n");
  assert.match((await write({ target: { path: "x.json" } })).error?.message ?? "", /no step has a result/);
});

test("what cannot be written, or is not said", async () => {
  await writeFile(join(folder, "file"), "");
  const { error } = await write({ target: { path: "file/below.json" }, data: 1 });
  assert.equal(error?.kind, "storage_access");
  for (const target of [{}, { type: "duckdb", db: "x" }, { type: "gcs", path: "x" }]) {
    assert.equal((await write({ target, data: 1 })).error?.kind, "configuration");
  }
  assert.match(
    (await write({ target: { type: "s3" }, data: 1 })).error?.message ?? "",
    /'target.type' must be one of file, duckdb, gcs/,
  );
});

test("a bucket is written through the cloud CLI", async () => {
  await writeFile(join(folder, "gcloud"), '#!/bin/sh\ncat "$3" > "$LOG"\necho "$1 $2 $4" >> "$LOG"\n');
  await chmod(join(folder, "gcloud"), 0o755);
  const log = join(folder, "log");
  const host = testHost({ workingDirectory: folder, processEnv: { PATH: `${folder}:/usr/bin:/bin`, LOG: log } });
  const { data } = await host.run(sink, { target: { type: "gcs", bucket: "b", path: "/p/x.csv" }, data: [{ a: 1 }] });
  assert.equal((data as JsonObject).uri, "gs://b/p/x.csv");
  assert.equal(await readFile(log, "utf8"), "a\r\n1\r\nstorage cp gs://b/p/x.csv\n");
});

test("a DuckDB table is made from the first rows and appended to by name", async () => {
  const target = { type: "duckdb", db: join(folder, "s.duckdb"), table: 'odd "name"' };
  const host = testHost({ workingDirectory: folder });
  try {
    await host.run(sink, {
      target,
      data: [
        { id: 1, name: "a" },
        { id: 2, name: "b" },
      ],
    });
    const { status, error } = await host.run(sink, { target, data: { columns: ["name", "id"], rows: [["c", 3]] } });
    assert.equal(status, "ok", error?.message);
    const command = 'SELECT id, name FROM "odd ""name""" ORDER BY id';
    const { data } = await host.run(registry.get("duckdb") as Tool, { database: target.db, command });
    assert.deepEqual((data as JsonObject).rows, [
      { id: 1, name: "a" },
      { id: 2, name: "b" },
      { id: 3, name: "c" },
    ]);
  } finally {
    await host.close();
  }
});
