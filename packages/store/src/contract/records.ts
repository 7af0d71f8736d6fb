import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Store } from "../store.ts";
import { meaning } from "./log.ts";
import { enter, run, stamper, type World } from "./world.ts";

export function recordsContract(world: () => World, store: () => Store): void {
  describe("executions", () => {
    test("are created once and keep the text they were started with once", async () => {
      const summary = run(world().ids, world().clock, {
        definition: world().ids.next(),
        error: { z: 1, a: 2 },
        source: "/p.yaml",
        version: "3",
      });
      await store().executions.create(summary, "text");
      assert.deepEqual(await store().executions.get(summary.execution_id), summary);
      assert.equal(await store().executions.definition(summary.definition), "text");
      await assert.rejects(store().executions.create(summary, "text"), meaning("conflict"));
    });

    test("show what the last append said", async () => {
      const summary = run(world().ids, world().clock);
      await store().executions.create(summary, "text");
      const stamp = stamper(world().ids, world().clock, summary.execution_id);
      await store().log.append({
        execution_id: summary.execution_id,
        expectedSeq: 0,
        events: [stamp(enter("s"))],
        summary: { status: "FAILED", ended_at: world().clock.now(), error: { message: "no" } },
      });
      const seen = await store().executions.get(summary.execution_id);
      assert.deepEqual(
        [seen?.status, seen?.ended_at, seen?.error, seen?.seq],
        ["FAILED", world().clock.now(), { message: "no" }, 1],
      );
    });

    test("are listed newest first, filtered and in pages", async () => {
      const path = `list/${world().ids.next()}`;
      const made = [];
      for (let index = 0; index < 5; index++) {
        const summary = run(world().ids, world().clock, {
          path,
          source: index === 0 ? "/x.yaml" : null,
          status: index % 2 === 0 ? "COMPLETED" : "FAILED",
          parent_execution_id: index === 4 ? (made[0]?.execution_id ?? null) : null,
        });
        await store().executions.create(summary, "text");
        made.unshift(summary);
      }
      const { list } = store().executions;
      assert.deepEqual(await list({ path }), made);
      assert.deepEqual(await list({ path, limit: 2 }), made.slice(0, 2));
      assert.deepEqual(await list({ path, cursor: made[1]?.execution_id ?? "" }), made.slice(2));
      assert.equal((await list({ path, status: ["FAILED"] })).length, 2);
      assert.equal((await list({ path, source: "/x.yaml" })).length, 1);
      assert.equal((await list({ path, parent: null })).length, 4);
      assert.equal((await list({ parent: made[1]?.execution_id ?? "" })).length, 1);
    });

    test("are deleted with everything that belongs to them", async () => {
      const summary = run(world().ids, world().clock);
      const { execution_id } = summary;
      await store().executions.create(summary, "text");
      const stamp = stamper(world().ids, world().clock, execution_id);
      await store().log.append({ execution_id, expectedSeq: 0, events: [stamp(enter("s"))] });
      const ref = await store().results.put({ execution_id, step: "s", body: "x".repeat(2 << 20), scope: "execution" });
      const kept = await store().results.put({ execution_id, step: "s", body: 1, scope: "permanent" });
      await store().executions.delete(execution_id);
      assert.equal(await store().executions.get(execution_id), undefined);
      assert.deepEqual(await store().log.load(execution_id), []);
      await assert.rejects(store().results.get(ref.ref), meaning("not_found"));
      assert.equal(await store().results.get(kept.ref), 1);
    });
  });

  describe("results", () => {
    const body = { rows: [{ b: 1, a: "é" }], row_count: 1, nested: { x: true } };

    test("come back as they were stored, small or large", async () => {
      const execution_id = world().ids.next();
      const small = await store().results.put({ execution_id, step: "a b/c", body, scope: "execution" });
      assert.equal(JSON.stringify(await store().results.get(small.ref)), JSON.stringify(body));
      assert.match(small.ref, /^noetl:\/\/execution\/\d+\/result\/a%20b%2Fc\/\d+$/);
      assert.deepEqual(small.extracted, { row_count: 1, rows_count: 1, nested_x: true });
      const large = { text: "é".repeat(1 << 20) };
      const stored = await store().results.put({ execution_id, step: "l", body: large, scope: "execution" });
      assert.equal(stored.meta.bytes, Buffer.byteLength(JSON.stringify(large)));
      assert.deepEqual(await store().results.get(stored.ref), large);
    });

    test("are gone when they expire", async () => {
      const execution_id = world().ids.next();
      const { ref } = await store().results.put({ execution_id, step: "s", body, scope: "execution", ttl: 60 });
      const forever = await store().results.put({ execution_id, step: "s", body, scope: "execution" });
      world().clock.advance(59_000);
      assert.equal(await store().results.collect(world().clock.now()), 0);
      assert.deepEqual(await store().results.get(ref), body);
      world().clock.advance(1_000);
      await assert.rejects(store().results.get(ref), meaning("not_found", "REF_NOT_FOUND"));
      assert.equal(await store().results.collect(world().clock.now()), 1);
      assert.deepEqual(await store().results.get(forever.ref), body);
    });

    test("that never were are not found", async () => {
      await assert.rejects(store().results.get("noetl://execution/1/result/s/1"), meaning("not_found"));
    });
  });

  describe("credentials", () => {
    test("are kept by name, the latest wins, and keep their id", async () => {
      const name = `pg-${world().ids.next()}`;
      const first = await store().credentials.put({
        name,
        type: "postgres",
        data: { password: "s3cret" },
        tags: ["a"],
      });
      world().clock.advance(1_000);
      const second = await store().credentials.put({
        name,
        type: "bearer",
        data: { token: "t" },
        meta: { k: 1 },
        description: "d",
      });
      assert.equal(second.id, first.id);
      const got = await store().credentials.get(name);
      assert.deepEqual(got, {
        id: first.id,
        name,
        type: "bearer",
        description: "d",
        tags: [],
        meta: { k: 1 },
        created_at: first.created_at,
        updated_at: first.created_at + 1_000,
        data: { token: "t" },
      });
      assert.deepEqual(await store().credentials.get(first.id), got);
    });

    test("are listed without their data, by type and by text", async () => {
      const type = `t${world().ids.next()}`;
      await store().credentials.put({ name: `${type}-a`, type, data: { x: 1 }, description: "100% Prod_DB" });
      await store().credentials.put({ name: `${type}-b`, type, data: { x: 1 } });
      const all = await store().credentials.list({ type });
      assert.deepEqual(
        all.map((item) => item.name),
        [`${type}-a`, `${type}-b`],
      );
      assert.ok(all.every((item) => !("data" in item)));
      assert.equal((await store().credentials.list({ type, query: "prod_" })).length, 1);
      assert.equal((await store().credentials.list({ type, query: "d_p" })).length, 0);
    });

    test("are deleted by name", async () => {
      const name = `gone-${world().ids.next()}`;
      await store().credentials.put({ name, type: "x", data: {} });
      assert.equal(await store().credentials.delete(name), true);
      assert.equal(await store().credentials.delete(name), false);
      assert.equal(await store().credentials.get(name), undefined);
    });
  });
}
