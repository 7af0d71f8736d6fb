import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { JsonObject } from "@noetl/core";
import { ended, execute, playbook, register, startServer, type TestServer } from "../testing/kit.ts";
import { testWorker } from "../testing/worker.ts";

describe("executions", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
    await register(
      server,
      playbook("exe/one", { start: ["end"], end: [] }, "workload:\n  a: {b: 1, c: 2}\n  list: [1]\n"),
    );
  });
  after(() => server.close());

  it("start by path, catalog id, version and alias; payload and workload mean the same", async () => {
    const started = await server.ok("POST", "/api/execute", {
      path: "exe/one",
      workload: { a: { b: 9 } },
      resource_kind: "playbook",
    });
    assert.equal(typeof started.execution_id, "string");
    assert.deepEqual([started.status, started.commands_generated, started.path], ["started", 1, "exe/one"]);
    const { catalog_id } = await server.ok("POST", "/api/catalog/resource", { path: "exe/one" });
    const others = [
      await server.ok("POST", "/api/execute", { path: "exe/one", payload: { a: { b: 9 } }, version: "1" }),
      await server.ok("POST", "/api/execute", {
        catalog_id: Number(catalog_id) > 2 ** 53 ? String(catalog_id) : (catalog_id ?? null),
        payload: { a: { b: 9 } },
      }),
      await server.ok("POST", "/api/execute/playbook/exe/one", { input: { a: { b: 9 } } }),
    ];
    for (const each of [started, ...others]) {
      const detail = await server.ok("GET", `/api/executions/${each.execution_id}`);
      assert.deepEqual(detail.workload, { a: { b: 9, c: 2 }, list: [1] }, "objects are merged");
      assert.equal((await server.ok("GET", `/api/execute/${each.execution_id}`)).status, "RUNNING");
    }
    await testWorker(server).drain();
    for (const each of [started, ...others])
      assert.equal((await ended(server, String(each.execution_id))).status, "COMPLETED");
  });

  it("are refused with a reason", async () => {
    const status = async (body: unknown) => (await server.call("POST", "/api/execute", body)).status;
    assert.equal(await status({}), 422);
    assert.equal(await status({ path: "exe/none" }), 404);
    assert.equal(await status({ path: "exe/one", version: 7 }), 404);
    assert.equal(await status({ path: "exe/one", resource_kind: "banana" }), 422);
    assert.equal((await server.call("GET", "/api/executions/12345/status")).status, 404);
    assert.equal((await server.call("GET", "/api/executions/abc/status")).status, 422);
  });

  it("keep ids beyond 2^53 exact all the way", async () => {
    const id = await execute(server, "exe/one");
    assert.ok(BigInt(id) > 2n ** 53n);
    const worker = testWorker(server);
    const [hint] = await worker.poll();
    assert.equal(hint?.execution_id, id);
    const claim = await server.call("POST", `/api/commands/${hint?.event_id}/claim`, { worker_id: worker.id });
    assert.match(claim.text, new RegExp(`"execution_id":${id},"event_id":${hint?.event_id},`));
    const mine = await worker.claim(hint ?? {});
    if (mine) await worker.report(mine, { big: "9007199254740993" });
    await worker.drain();
    const status = await ended(server, id);
    assert.equal(status.execution_id, id);
    const listed = (await server.call("GET", "/api/executions?limit=1")).body as JsonObject[];
    assert.equal(listed[0]?.execution_id, id);
    assert.deepEqual(await server.ok("GET", `/api/result/${id}/start`), { big: "9007199254740993" });
  });

  it("with the same dedup key are one", async () => {
    const dedup = { key: "k1", window_secs: 60 };
    const starts = await Promise.all(
      Array.from({ length: 5 }, () => server.ok("POST", "/api/execute", { path: "exe/one", dedup })),
    );
    assert.equal(new Set(starts.map(({ execution_id }) => execution_id)).size, 1);
    assert.equal(starts.filter(({ status }) => status === "started").length >= 1, true);
    const log = await server.store.log.load(String(starts[0]?.execution_id));
    assert.equal(log.filter(({ type }) => type === "playbook.initialized").length, 1);
    await testWorker(server).drain();
  });

  it("start in batches, each with its own outcome", async () => {
    const answer = await server.ok("POST", "/api/execute/batch", {
      executions: [
        { path: "exe/one" },
        { path: "exe/none" },
        {},
        { path: "exe/one", dedup: { key: "b" } },
        { path: "exe/one", dedup: { key: "b" } },
      ],
    });
    const { count, started, duplicates, failed } = answer;
    assert.deepEqual({ count, started, duplicates, failed }, { count: 5, started: 2, duplicates: 1, failed: 2 });
    assert.equal((await server.call("POST", "/api/execute/batch", { executions: [] })).status, 422);
    await testWorker(server).drain();
  });

  it("are listed by status and path, page by page", async () => {
    const list = async (query: string) => (await server.call("GET", `/api/executions?${query}`)).body as JsonObject[];
    const all = await list("page_size=200");
    assert.ok(all.length >= 8);
    const paged = [
      ...(await list("page=1&page_size=3")),
      ...(await list("page=2&page_size=3")),
      ...(await list("limit=2&offset=6")),
    ];
    assert.deepEqual(
      paged.map(({ execution_id }) => execution_id),
      all.slice(0, 8).map(({ execution_id }) => execution_id),
    );
    assert.equal((await list("status=failed")).length, 0);
    assert.equal((await list("status=COMPLETED&path=exe")).length, all.length);
    assert.equal((await list("path=nothing")).length, 0);
    assert.equal((await server.call("GET", "/api/executions?page=100&page_size=200")).status, 422);
  });

  it("show their events in pages, by type and since one", async () => {
    const id = await execute(server, "exe/one");
    await testWorker(server).drain();
    await ended(server, id);
    const page = await server.ok("GET", `/api/executions/${id}/events?order=asc&page_size=4&page=2`);
    const all = (await server.ok("GET", `/api/executions/${id}/events?order=asc&page_size=500`)).events as JsonObject[];
    assert.deepEqual(page.events, all.slice(4, 8));
    const { total_events, has_prev, has_next } = page.pagination as JsonObject;
    assert.deepEqual([total_events, has_prev, has_next], [all.length, true, true]);
    const newest = (await server.ok("GET", `/api/executions/${id}?page_size=10`)).events as JsonObject[];
    assert.equal(newest[0]?.event_type, "playbook.completed");
    const issued = await server.ok("GET", `/api/executions/${id}/events?event_type=command.issued`);
    assert.equal((issued.events as JsonObject[]).length, 2);
    const since = await server.ok("GET", `/api/executions/${id}/events?order=asc&since_event_id=${all[5]?.event_id}`);
    assert.deepEqual(since.events, all.slice(6));
  });

  it("answer to templates, replay and why", async () => {
    const id = await execute(server, "exe/one", { payload: { a: { b: 5 } } });
    await testWorker(server).drain({ n: 7 });
    await ended(server, id);
    const asked = {
      execution_id: id,
      template: { sum: "{{ start.n + workload.a.b + extra }}" },
      extra_context: { extra: 1 },
    };
    assert.deepEqual((await server.ok("POST", "/api/context/render", asked)).rendered, { sum: 13 });
    assert.equal((await server.call("POST", "/api/context/render", { ...asked, template: "{{ 1 +" })).status, 422);
    const now = await server.ok("GET", `/api/replay/state?execution_id=${id}`);
    assert.equal(((now.projections as JsonObject).execution as JsonObject).status, "COMPLETED");
    const early = await server.ok("GET", `/api/replay/state?execution_id=${id}&as_of_position=3&projection=execution`);
    assert.equal(((early.projections as JsonObject).execution as JsonObject).status, "RUNNING");
    assert.notEqual(early.checksum, now.checksum);
    const twice = await server.ok("GET", `/api/replay/state?execution_id=${id}`);
    assert.equal(twice.checksum, now.checksum);
    const both = await server.call("GET", `/api/replay/state?execution_id=${id}&as_of_position=3&as_of_event_id=4`);
    assert.equal(both.status, 400);
  });
});
