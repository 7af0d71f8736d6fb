import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Json, JsonObject } from "@noetl/core";
import { testHost } from "../testing/call.ts";
import { artifactTool, resultFetchTool } from "./tool.ts";

const REF = "noetl://execution/42/result/load/1";
const host = testHost({ results: { [REF]: { rows: [1, 2], count: 2 } } });

async function get(input: JsonObject, config: JsonObject = {}): Promise<Json | string> {
  const { data, error } = await host.run(artifactTool, config, { input });
  return error ? `${error.kind} ${error.code}` : (data ?? null);
}

test("a reference, as text or as map, gives the stored body", async () => {
  const body = { rows: [1, 2], count: 2 };
  assert.deepEqual(await get({ result_ref: REF }), body);
  assert.deepEqual(await get({ result_ref: { kind: "result_ref", ref: REF, store: "kv", meta: {} } }), body);
  assert.deepEqual(await get({ temp_ref: REF }), body);
  assert.deepEqual(await get({}, { action: "GET", result_ref: REF }), body);
  assert.deepEqual((await host.run(resultFetchTool, { ref: REF })).data, body);
});

test("data that was never stored elsewhere comes back as it is", async () => {
  assert.deepEqual(await get({ result_ref: { rows: [] } }), { rows: [] });
  assert.deepEqual(await get({ result_ref: [1] }), [1]);
  assert.equal(await get({ result_ref: "plain text" }), "plain text");
  assert.deepEqual(await get({ result_ref: { ref: "http://x/y", n: 1 } }), { ref: "http://x/y", n: 1 });
});

test("what is not there (yet) may be tried again, what is empty may not", async () => {
  const { error } = await host.run(artifactTool, {}, { input: { result_ref: `${REF}0` } });
  assert.deepEqual(
    [error?.kind, error?.code, error?.retryable],
    ["missing_reference", "REFERENCE_NOT_AVAILABLE", true],
  );
  assert.equal(await get({ result_ref: null }), "configuration EMPTY_REFERENCE");
  assert.equal(await get({ result_ref: "" }), "configuration EMPTY_REFERENCE");
  assert.equal(await get({}), "configuration EMPTY_REFERENCE");
});

test("files are read, as JSON when they are", async () => {
  const folder = await mkdtemp(join(tmpdir(), "noetl-art-"));
  try {
    for (const [name, text, expected] of [
      ["a.json", '{"a":1}', { a: 1 }],
      ["b.txt", "text", "text"],
    ] as const) {
      await writeFile(join(folder, name), text);
      assert.deepEqual(await get({ result_ref: pathToFileURL(join(folder, name)).href }), expected);
    }
    assert.equal(
      await get({ uri: pathToFileURL(join(folder, "none")).href }),
      "missing_reference REFERENCE_NOT_AVAILABLE",
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("other stores and other actions are refused by name", async () => {
  assert.equal(await get({ result_ref: "s3://bucket/key" }), "configuration UNSUPPORTED_REFERENCE");
  assert.equal(await get({ result_ref: REF }, { action: "put" }), "configuration UNSUPPORTED_ACTION");
});
