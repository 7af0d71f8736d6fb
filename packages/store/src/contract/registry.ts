import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Store } from "../store.ts";
import { run, type World } from "./world.ts";

export function registryContract(world: () => World, store: () => Store): void {
  const path = () => `demo/${world().ids.next()}`;

  describe("catalog", () => {
    test("numbers versions of a path, also under concurrency", async () => {
      const at = path();
      const made = await Promise.all(
        Array.from({ length: 10 }, () => store().catalog.register({ path: at, kind: "Playbook", content: "same" })),
      );
      assert.deepEqual(
        made.map((entry) => entry.version).sort((a, b) => a - b),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      );
      assert.equal((await store().catalog.get({ path: at }))?.version, 10);
      assert.equal((await store().catalog.get({ path: at, version: 3 }))?.version, 3);
      const one = made[0];
      assert.deepEqual(await store().catalog.get({ catalog_id: one?.catalog_id ?? "" }), one);
    });

    test("keeps text, payload and meta", async () => {
      const at = path();
      const content = "kind: Playbook\r\n# ü\n";
      const entry = await store().catalog.register({
        path: at,
        kind: "Agent",
        content,
        payload: { a: [1] },
        meta: { m: true },
        layout: { x: 1 },
      });
      assert.deepEqual(
        [entry.kind, entry.content, entry.payload, entry.meta, entry.layout, entry.archived_at],
        ["agent", content, { a: [1] }, { m: true }, { x: 1 }, null],
      );
    });

    test("lists newest first, by kind, path, page; and the paths", async () => {
      const at = path();
      const other = path();
      for (const where of [at, at, other])
        await store().catalog.register({ path: where, kind: "notebook", content: "c" });
      const all = await store().catalog.list({ kind: "Notebook" });
      assert.deepEqual(
        all.map((entry) => [entry.path, entry.version]),
        [
          [other, 1],
          [at, 2],
          [at, 1],
        ],
      );
      assert.deepEqual(
        (await store().catalog.list({ kind: "notebook", latestOnly: true })).map((entry) => entry.version),
        [1, 2],
      );
      assert.equal((await store().catalog.list({ path: at, limit: 1 }))[0]?.version, 2);
      assert.equal((await store().catalog.list({ path: at, cursor: all[1]?.catalog_id ?? "" }))[0]?.version, 1);
      assert.deepEqual(await store().catalog.paths("notebook"), [at, other].sort());
    });

    test("deletes what nothing refers to and archives the rest, which comes back", async () => {
      const at = path();
      const used = await store().catalog.register({ path: at, kind: "playbook", content: "1" });
      const free = await store().catalog.register({ path: at, kind: "playbook", content: "2" });
      await store().executions.create(run(world().ids, world().clock, { catalog_id: used.catalog_id }), "text");
      assert.deepEqual(await store().catalog.delete(at), [
        { catalog_id: used.catalog_id, version: 1, archived: true },
        { catalog_id: free.catalog_id, version: 2, archived: false },
      ]);
      assert.deepEqual(await store().catalog.delete(at), []);
      assert.equal(await store().catalog.get({ path: at }), undefined);
      assert.equal((await store().catalog.list({ path: at, includeArchived: true })).length, 1);
      assert.deepEqual(await store().catalog.restore(at), [{ catalog_id: used.catalog_id, version: 1 }]);
      assert.equal((await store().catalog.get({ path: at }))?.version, 1);
    });
  });

  describe("runtimes", () => {
    test("are registered once by kind and name, beat, go offline", async () => {
      const name = `w-${world().ids.next()}`;
      const first = await store().runtimes.register({
        kind: "worker_pool",
        name,
        runtime: { kind: "ts", worker_public_key: "k" },
        capabilities: ["a"],
        capacity: 4,
      });
      const again = await store().runtimes.register({ kind: "worker_pool", name, labels: { pool_name: "p" } });
      assert.equal(again.runtime_id, first.runtime_id);
      assert.deepEqual(
        [first.runtime, first.capabilities, first.capacity, first.status],
        [{ kind: "ts", worker_public_key: "k" }, ["a"], 4, "ready"],
      );
      world().clock.advance(10_000);
      assert.equal((await store().runtimes.heartbeat("worker_pool", name))?.heartbeat, world().clock.now());
      assert.equal(await store().runtimes.heartbeat("worker_pool", "nobody"), undefined);
      assert.ok(!(await store().runtimes.sweep(world().clock.now())).includes(name));
      assert.ok((await store().runtimes.sweep(world().clock.now() + 1)).includes(name));
      assert.equal((await store().runtimes.get("worker_pool", name))?.status, "offline");
      assert.ok(
        (await store().runtimes.list({ kind: "worker_pool", status: "offline" })).some((item) => item.name === name),
      );
      assert.equal(await store().runtimes.deregister("worker_pool", name), true);
      assert.equal(await store().runtimes.deregister("worker_pool", "nobody"), false);
    });

    test("a lease has one owner until it lapses or is given up", async () => {
      const name = `reaper-${world().ids.next()}`;
      const got = await Promise.all(["a", "b", "c"].map((owner) => store().leases.acquire(name, owner, 30_000)));
      assert.equal(got.filter(Boolean).length, 1);
      const owner = ["a", "b", "c"][got.indexOf(true)] ?? "";
      assert.equal(await store().leases.acquire(name, owner, 30_000), true);
      world().clock.advance(30_000);
      assert.equal(await store().leases.acquire(name, "d", 30_000), true);
      assert.equal(await store().leases.acquire(name, owner, 30_000), false);
      await store().leases.release(name, "d");
      assert.equal(await store().leases.acquire(name, owner, 30_000), true);
    });

    test("a key belongs to its first execution within the window", async () => {
      const claim = (execution_id: string) => store().dedup.claim({ scope: "s", key, execution_id, window_ms: 1_000 });
      const key = world().ids.next();
      const won = await Promise.all(["1", "2", "3"].map(claim));
      assert.equal(new Set(won).size, 1);
      world().clock.advance(1_000);
      assert.equal(await claim("9"), "9");
      world().clock.advance(1_000);
      assert.ok((await store().dedup.collect(world().clock.now())) >= 1);
    });
  });

  describe("schedules", () => {
    test("are due in order, and one scheduler moves each on", async () => {
      const now = world().clock.now();
      const made = await store().schedules.put({
        playbook_path: "p",
        cron: "* * * * *",
        next_run_at: now,
        input_payload: { a: 1 },
      });
      const later = await store().schedules.put({
        playbook_path: "p",
        interval_seconds: 60,
        next_run_at: now + 60_000,
      });
      const off = await store().schedules.put({ playbook_path: "p", next_run_at: now - 1, enabled: false });
      assert.deepEqual(await store().schedules.due(now, 10), [made]);
      const moves = await Promise.all(
        [1, 2, 3].map(() => store().schedules.advance(made.schedule_id, now, now + 1_000, "started")),
      );
      assert.equal(moves.filter(Boolean).length, 1);
      assert.deepEqual(await store().schedules.due(now, 10), []);
      const moved = await store().schedules.get(made.schedule_id);
      assert.deepEqual([moved?.next_run_at, moved?.last_status], [now + 1_000, "started"]);
      await store().schedules.put({ ...later, enabled: false });
      assert.equal((await store().schedules.get(later.schedule_id))?.enabled, false);
      assert.equal((await store().schedules.list()).length, 3);
      for (const item of [made, later, off]) assert.equal(await store().schedules.delete(item.schedule_id), true);
      assert.equal(await store().schedules.delete(off.schedule_id), false);
    });
  });
}
