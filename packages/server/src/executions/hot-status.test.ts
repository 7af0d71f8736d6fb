import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@noetl/core";
import { execute, playbook, register, startServer } from "../testing/kit.ts";
import { testWorker } from "../testing/worker.ts";

const still = ({ duration_seconds: _, duration_human: __, ...rest }: JsonObject) => rest;

test("the status that is known by heart is the one the route gives, and is forgotten when the run goes on", async (t) => {
  const server = await startServer();
  t.after(server.close);
  await register(server, playbook("two", { a: ["b"], b: [] }));
  const id = await execute(server, "two");
  const path = `/api/executions/${id}/status`;
  const status = () => server.ok("GET", path);
  const cold = await server.call("GET", path);
  const hot = await server.call("GET", path);
  assert.equal(cold.headers.get("connection"), hot.headers.get("connection"));
  assert.equal(hot.headers.get("content-type"), cold.headers.get("content-type"));
  assert.deepEqual(still(hot.body as JsonObject), still(cold.body as JsonObject));
  assert.deepEqual((await status()).running_steps, ["a"]);

  const worker = testWorker(server);
  const first = await worker.next();
  assert.ok(first);
  await worker.report(first, { n: 1 });
  assert.deepEqual((await status()).completed_steps, ["a"]);
  assert.deepEqual(await worker.drain(), ["b"]);
  const end = [await status(), await status()];
  assert.equal(end[0]?.status, "COMPLETED");
  assert.deepEqual(end[1], end[0], "nothing moves any more");
  const metrics = await server.call("GET", "/metrics");
  assert.match(
    metrics.text,
    /noetl_request_total\{method="GET",route="\/api\/executions\/:id\/status",status="200"\} 6/,
  );
});

test("who may not read gets nothing that is known by heart", async (t) => {
  const server = await startServer({ config: { apiToken: "secret" } });
  t.after(server.close);
  const mine = { authorization: "Bearer secret" };
  const content = playbook("one", { a: [] });
  await server.ok("POST", "/api/catalog/register", { content }, mine);
  const started = await server.ok("POST", "/api/execute", { path: "one" }, mine);
  const path = `/api/executions/${started.execution_id}/status`;
  for (let time = 0; time < 2; time++) {
    assert.equal((await server.call("GET", path, undefined, mine)).status, 200);
    assert.equal((await server.call("GET", path)).status, 401);
    assert.equal((await server.call("GET", path, undefined, { authorization: "Bearer other" })).status, 403);
  }
});
