import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { isObject, type JsonObject } from "@noetl/core";
import { playbook, register, startServer, type TestServer } from "../testing/kit.ts";

describe("stores behind the API", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ config: { internalToken: "inner" } });
  });
  after(() => server.close());

  it("credentials: kept, found by name or id, listed without data, forgotten", async () => {
    const made = await server.ok("POST", "/api/credentials", {
      name: "pg",
      type: "postgres",
      data: { password: "p" },
      tags: "a, b",
    });
    assert.deepEqual([made.name, made.type, made.tags, typeof made.id], ["pg", "postgres", ["a", "b"], "string"]);
    assert.ok(!("data" in (await server.ok("GET", "/api/credentials/pg"))));
    assert.deepEqual((await server.ok("GET", `/api/credentials/${made.id}?include_data=true`)).data, { password: "p" });
    const listed = await server.ok("GET", "/api/credentials?type=postgres");
    assert.equal((listed.items as JsonObject[]).length, 1);
    assert.equal((await server.ok("DELETE", "/api/credentials/pg")).id, made.id);
    assert.equal((await server.call("GET", "/api/credentials/pg")).status, 404);
    assert.equal((await server.call("DELETE", "/api/credentials/pg")).status, 404);
  });

  it("keychain: both spellings in, always 200 out", async () => {
    const path = "/api/keychain/42/token_a";
    assert.equal((await server.ok("GET", path)).status, "not_found");
    const put = await server.ok("POST", path, {
      token_data: { access: "x" },
      credential_type: "oauth2",
      ttl_seconds: 60,
    });
    assert.deepEqual([put.status, put.cache_key], ["success", "token_a:42:global"]);
    const got = await server.ok("GET", path);
    assert.deepEqual([got.status, got.token_data, got.expired], ["success", { access: "x" }, false]);
    await server.ok("POST", path, { data: { access: "y" }, scope_type: "local", execution_id: "7", expires_in: 60 });
    assert.deepEqual((await server.ok("GET", `${path}?scope_type=local&execution_id=7`)).data, { access: "y" });
    const listed = await server.call("GET", "/api/keychain/catalog/42");
    assert.equal((listed.body as JsonObject).count, 2);
    assert.ok(!listed.text.includes('access":'), "no secrets in a list");
    assert.equal((await server.ok("DELETE", path)).status, "success");
    assert.equal((await server.call("GET", `${path}?scope_type=local`)).status, 422);
  });

  it("variables: three bodies", async () => {
    await server.ok("POST", "/api/vars/9", { variables: { a: 1 }, var_type: "computed", source_step: "s" });
    await server.ok("POST", "/api/vars/9", {
      variables: [{ var_name: "b", var_value: [2], var_type: "user_defined" }],
    });
    const flat = await server.ok("POST", "/api/vars/9", { c: { d: 3 } });
    assert.deepEqual([flat.variables_set, flat.var_names], [1, ["c"]]);
    const all = await server.ok("GET", "/api/vars/9");
    assert.deepEqual(Object.keys(all.variables as JsonObject).sort(), ["a", "b", "c"]);
    const one = await server.ok("GET", "/api/vars/9/a");
    assert.deepEqual([one.value, one.type, one.source_step], [1, "computed", "s"]);
    assert.equal((await server.ok("DELETE", "/api/vars/9/a")).deleted, true);
    assert.equal((await server.ok("DELETE", "/api/vars/9")).deleted_count, 2);
    assert.equal((await server.call("GET", "/api/vars/9/a")).status, 404);
  });

  it("results: put, resolve, and what is refused", async () => {
    const ref = await server.ok("PUT", "/api/result/9", {
      name: "s",
      data: { rows: [1, 2] },
      scope: "execution",
      ttl: "1h",
    });
    assert.match(String(ref.ref), /^noetl:\/\/execution\/9\/result\/s\/\d+$/);
    const url = `/api/result/resolve?ref=${encodeURIComponent(String(ref.ref))}`;
    assert.deepEqual(await server.ok("GET", url), { rows: [1, 2] });
    assert.equal((await server.call("PUT", "/api/result/9", { name: "s", data: 1, scope: "galaxy" })).status, 400);
    assert.equal((await server.call("GET", "/api/result/resolve?ref=nonsense")).status, 400);
    assert.equal(
      (await server.call("GET", "/api/result/resolve?ref=noetl%3A%2F%2Fexecution%2F9%2Fresult%2Fs%2F1")).status,
      404,
    );
  });

  it("statements: read only unless they may write; a failure is 200 with status error", async () => {
    const run = (body: JsonObject) => server.ok("POST", "/api/postgres/execute", body);
    assert.deepEqual((await run({ query: "SELECT 1 AS one" })).result, [{ one: 1 }]);
    assert.deepEqual(
      (await run({ query_base64: Buffer.from("SELECT ? AS p").toString("base64"), parameters: ["x"] })).result,
      [{ p: "x" }],
    );
    const numbered = "SELECT $2 AS b, $1 AS a, '$1' AS c -- $3";
    assert.deepEqual((await run({ query: numbered, parameters: [1, "x"] })).result, [{ b: "x", a: 1, c: "$1" }]);
    assert.equal((await run({ query: "DELETE FROM noetl.lease" })).status, "error");
    assert.equal((await run({ query: "DELETE FROM noetl.lease", write: true })).status, "ok");
    assert.equal((await server.call("POST", "/api/postgres/execute", {})).status, 400);
    assert.equal((await server.ok("POST", "/api/db/init", {})).status, "ok");
    assert.equal((await server.ok("GET", "/api/db/validate")).valid, true);
  });

  it("the internal API needs its token", async () => {
    const path = "/api/internal/outbox/pending-count";
    assert.equal((await server.call("GET", path)).status, 403);
    assert.equal((await server.call("GET", path, undefined, { authorization: "Bearer wrong" })).status, 403);
    assert.equal((await server.ok("GET", path, undefined, { authorization: "Bearer inner" })).pending, 0);
    const open = await startServer();
    assert.equal((await open.call("GET", path)).status, 503);
    await open.close();
  });

  it("workers: registered, alive, gone", async () => {
    const runtime = { kind: "rust", worker_public_key: "cHVi" };
    const body = {
      name: "rs",
      component_type: "worker_pool",
      runtime,
      status: "active",
      labels: { pool_name: "shared" },
    };
    const made = await server.ok("POST", "/api/worker/pool/register", body);
    assert.deepEqual([made.status, made.name, (made.runtime as JsonObject).worker_public_key], ["ok", "rs", "cHVi"]);
    assert.equal((await server.ok("POST", "/api/worker/pool/heartbeat", { name: "rs" })).status, "ok");
    assert.equal((await server.ok("POST", "/api/worker/pool/heartbeat", { name: "new" })).status, "recreated");
    await server.ok("POST", "/api/worker/pool/register", { name: "py", runtime: "cpu", capacity: 1 });
    const { items, count } = await server.ok("GET", "/api/worker/pools?status=ready");
    assert.equal(count, 3);
    assert.deepEqual((items as JsonObject[]).find(({ name }) => name === "py")?.runtime, { type: "cpu" });
    for (const method of ["POST", "DELETE"]) {
      assert.equal(
        (await server.ok(method, "/api/worker/pool/deregister", { name: "rs", component_type: "worker_pool" }))
          .deregistered,
        true,
      );
    }
    assert.equal((await server.ok("POST", "/api/worker/pool/deregister", { name: "nobody" })).status, "ok");
  });

  it("subscriptions follow their states", async () => {
    const content = `apiVersion: noetl.io/v2
kind: Subscription
metadata: {name: feed, path: sub/feed}
spec:
  source: nats
  mode: pull
  nats: {url: "nats://localhost:4222", subject: s}
  dispatch: {playbook: p}
`;
    const made = await server.call("POST", "/api/catalog/register", { content, resource_type: "Subscription" });
    assert.equal(made.status, 200, made.text);
    const one = await server.ok("POST", "/api/subscriptions/register", { path: "sub/feed" });
    assert.equal(one.state, "REGISTERED");
    assert.equal(
      (await server.ok("POST", "/api/subscriptions/register", { path: "sub/feed" })).subscription_id,
      one.subscription_id,
    );
    const act = (action: string) => server.call("POST", `/api/subscriptions/${one.subscription_id}/${action}`, {});
    assert.equal((await act("pause")).status, 422);
    for (const action of ["activate", "activate", "pause", "resume", "drain", "deactivate"])
      assert.equal((await act(action)).status, 200, action);
    assert.equal((await server.ok("GET", `/api/subscriptions/${one.subscription_id}`)).state, "DEACTIVATED");
    // Older workers name it as the parent of what they start.
    await register(server, playbook("p", { start: [] }));
    const start = () =>
      server.ok("POST", "/api/execute", { path: "p", parent_execution_id: one.subscription_id, dedup: { key: "m1" } });
    const first = await start();
    const again = await start();
    assert.deepEqual([again.status, again.execution_id], ["duplicate", first.execution_id]);
    assert.equal((await server.call("POST", "/api/execute", { path: "p", parent_execution_id: "1" })).status, 404);
    assert.equal((await server.call("POST", "/api/subscriptions/register", { path: "sub/none" })).status, 404);
  });

  it("tells how it is: health, metrics, contract, dashboard, OpenAPI", async () => {
    assert.deepEqual(await server.ok("GET", "/health"), { status: "ok" });
    const { database, nats, version } = await server.ok("GET", "/api/health");
    assert.deepEqual([database, nats, version], ["connected", "not_configured", "0.0.0-test"]);
    const metrics = await server.call("GET", "/metrics");
    assert.match(metrics.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    for (const name of [
      "noetl_up 1",
      "noetl_events_ingested_total",
      "noetl_claim_duration_seconds_bucket",
      "noetl_publisher_pending",
      "noetl_event_loop_lag_seconds",
      "noetl_commands_pending",
    ]) {
      assert.ok(metrics.text.includes(name), name);
    }
    for (const line of metrics.text.trim().split("\n")) assert.match(line, /^(#.*|[a-zA-Z_:][\w:]*(\{.*\})? \S+)?$/);
    const contract = await server.ok("GET", "/api/runtime/contract");
    assert.equal(contract.contract_version, "2026-04-26");
    assert.equal((await server.ok("GET", "/api/dashboard/stats")).status, "ok");
    const shard = await server.ok("GET", "/api/runtime/shard-info?execution_id=320816801376735232&shard_count=16");
    assert.ok(Number(shard.shard_index) >= 0 && Number(shard.shard_index) < 16);
    const { paths } = await server.ok("GET", "/api/openapi.json");
    assert.ok(isObject(paths) && isObject(paths["/api/execute"]) && "post" in paths["/api/execute"]);
    const status = await server.ok("GET", "/api/status");
    assert.ok(Number((status.process as JsonObject).memory_rss_mb) > 1);
  });
});
