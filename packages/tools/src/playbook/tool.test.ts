import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@noetl/core";
import { testHost } from "../testing/call.ts";
import type { ToolCall } from "../tool.ts";
import { playbookTool } from "./tool.ts";

const worker = testHost({ childEnvironment: "clean" });
const laptop = testHost({ playbookDirectory: "/books" });

async function waitOf(config: JsonObject, more: Partial<ToolCall> = {}, host = worker) {
  const outcome = await playbookTool.execute(host.call({ path: "child", ...config }, more));
  assert.equal(outcome.status, "parked", outcome.status === "error" ? outcome.error?.message : "");
  return outcome.status === "parked" ? outcome.wait : {};
}

async function errorOf(config: JsonObject) {
  const outcome = await playbookTool.execute(worker.call(config));
  return outcome.status === "parked" ? undefined : outcome.error;
}

test("started and forgotten when nothing is asked for", async () => {
  assert.deepEqual(await waitOf({}, { input: { a: 1 } }), {
    kind: "child",
    path: "child",
    wait: false,
    return_result: true,
    timeout_ms: 180_000,
    cancel_on_timeout: false,
    payload: { a: 1 },
  });
});

test("on a laptop a call waits for the child, without limit, unless it says not to", async () => {
  const wait = await waitOf({}, {}, laptop);
  assert.deepEqual([wait.wait, wait.return_result, wait.timeout_ms, wait.directory], [true, true, 0, "/books"]);
  assert.equal((await waitOf({ wait: false }, {}, laptop)).wait, false);
});

test("a result that is asked for is waited for, as long as usual or as said", async () => {
  const step = await waitOf({ return_step: "end" });
  assert.deepEqual([step.wait, step.return_step, step.return_result, step.timeout_ms], [true, "end", false, 300_000]);
  const result = await waitOf({ return_result: "true", timeout: "12.5" });
  assert.deepEqual([result.wait, result.return_result, result.timeout_ms], [true, true, 12_500]);
  const other = await waitOf({ result_step: "sum", cancel_on_timeout: true }, { timeout: { total: 9_000 } });
  assert.deepEqual(
    [other.wait, other.result_step, other.timeout_ms, other.cancel_on_timeout],
    [true, "sum", 9_000, true],
  );
  assert.equal((await waitOf({ wait: true })).wait, true);
});

test("payload lies under input, key by key", async () => {
  const { payload } = await waitOf({ payload: { a: 0, b: 2 } }, { input: { a: 1 } });
  assert.deepEqual(payload, { a: 1, b: 2 });
});

test("a playbook of the local profile hands on its workload; version and pool are passed", async () => {
  const site = { ...worker.call({}).env.site, local_profile: true };
  const wait = await waitOf({ version: 3, execution_pool: "gpu" }, {}, testHost({ site }));
  assert.deepEqual([wait.inherit_workload, wait.version, wait.pool], [true, "3", "gpu"]);
  assert.equal((await waitOf({})).inherit_workload, undefined);
});

test("a catalog id may stand for the path", async () => {
  const wait = await waitOf({ path: null, catalog_id: 12 });
  assert.deepEqual([wait.path, wait.catalog_id], [undefined, "12"]);
});

test("what cannot be called is a configuration error", async () => {
  assert.equal((await errorOf({ path: " " }))?.kind, "configuration");
  assert.equal((await errorOf({ path: "p", payload: [1] }))?.code, "E_PLAYBOOK_INPUT");
  assert.match((await errorOf({ path: "p", timeout: -1 }))?.message ?? "", /'timeout' must not be negative/);
});
