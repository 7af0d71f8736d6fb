import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isNoetlError } from "@noetl/core";
import type { Store } from "../store.ts";
import { meaning } from "./log.ts";
import { completed, enter, issued, run, stamper, type World } from "./world.ts";

const code = (wanted: string) => (error: unknown) => isNoetlError(error) && error.code === wanted;

export function besideContract(world: () => World, store: () => Store): void {
  describe("stages and their frames", () => {
    async function opened() {
      const stage_id = world().ids.next();
      const stage = { stage_id, execution_id: world().ids.next(), kind: "loop", step_name: "rows" } as const;
      await store().stages.open({ ...stage, frame_policy: { max_rows: 5 } });
      return stage_id;
    }
    const place = (frame_index: number) => ({ worker_slot_id: "s1", frame_index });

    test("a place of the cursor belongs to one worker; a lapsed one to the next", async () => {
      const stage_id = await opened();
      const claim = (worker_id: string, count: number, cursor?: ReturnType<typeof place>) =>
        store().stages.claim({ stage_id, worker_id, count, lease_ms: 1_000, ...(cursor ? { cursor } : {}) });
      const first = await claim("w1", 2, place(0));
      assert.deepEqual(
        first.map((frame) => [frame.status, frame.cursor, frame.owner_worker]),
        [
          ["CLAIMED", place(0), "w1"],
          ["CLAIMED", place(1), "w1"],
        ],
      );
      await assert.rejects(claim("w2", 1, place(1)), code("frame_claim_conflict"));
      assert.deepEqual(await claim("w2", 1), []);
      world().clock.advance(1_001);
      const [taken] = await claim("w2", 1);
      assert.deepEqual([taken?.frame_id, taken?.owner_worker, taken?.attempts], [first[0]?.frame_id, "w2", 2]);
      const frame_id = taken?.frame_id ?? "";
      const beat = { frame_id, lease_ms: 5_000, status: "RUNNING" } as const;
      await assert.rejects(store().stages.heartbeat({ ...beat, worker_id: "w1" }), code("frame_owner_mismatch"));
      assert.equal((await store().stages.heartbeat({ ...beat, worker_id: "w2" })).status, "RUNNING");
    });

    test("a commit is final, and its repetition no error", async () => {
      const stage_id = await opened();
      const [frame] = await store().stages.claim({
        stage_id,
        worker_id: "w",
        count: 1,
        lease_ms: 1_000,
        cursor: place(0),
      });
      const frame_id = frame?.frame_id ?? "";
      const commit = {
        frame_id,
        worker_id: "w",
        status: "COMPLETED",
        row_count: 3,
        output_ref: { ref: "noetl://x" },
        events_emitted: 4,
      } as const;
      for (let turn = 0; turn < 2; turn++) {
        const done = await store().stages.commit(commit);
        assert.deepEqual(
          [done.status, done.row_count, done.output_ref, done.lease_until],
          ["COMPLETED", 3, { ref: "noetl://x" }, null],
        );
      }
      await assert.rejects(store().stages.commit({ ...commit, status: "FAILED" }), code("frame_already_terminal"));
      await assert.rejects(store().stages.commit({ ...commit, frame_id: "1" }), meaning("not_found"));
    });

    test("a closed stage gives nothing out and ends what is open", async () => {
      const stage_id = await opened();
      const claim = () =>
        store().stages.claim({ stage_id, worker_id: "w", count: 1, lease_ms: 1_000, cursor: place(0) });
      const [frame] = await claim();
      assert.ok((await store().stages.backlog()).some(({ status, frames }) => status === "CLAIMED" && frames > 0));
      assert.equal(await store().stages.close(stage_id), true);
      assert.equal(await store().stages.close(stage_id), false);
      assert.equal((await store().stages.get(stage_id))?.status, "CLOSED");
      await assert.rejects(claim(), code("stage_not_open"));
      const beat = { frame_id: frame?.frame_id ?? "", worker_id: "w", lease_ms: 1, status: "RUNNING" } as const;
      await assert.rejects(store().stages.heartbeat(beat), code("frame_already_terminal"));
      await assert.rejects(
        store().stages.claim({ stage_id: "1", worker_id: "w", count: 1, lease_ms: 1 }),
        meaning("not_found"),
      );
    });
  });

  describe("objects", () => {
    test("bytes come back as they were put, whatever they are", async () => {
      const prefix = `p/${world().ids.next()}/`;
      const body = Uint8Array.from({ length: 256 }, (_, index) => index);
      await store().objects.put(`${prefix}b`, body, "application/wasm");
      await store().objects.put(`${prefix}a`, Buffer.from("x"), "text/plain");
      const found = await store().objects.get(`${prefix}b`);
      assert.deepEqual([...(found?.body ?? [])], [...body]);
      assert.deepEqual([found?.media_type, found?.bytes], ["application/wasm", 256]);
      await store().objects.put(`${prefix}b`, Buffer.from("y"), "text/plain");
      assert.equal(await store().objects.create(`${prefix}b`, body, "text/plain"), undefined);
      const listed = await store().objects.list(prefix);
      assert.deepEqual(
        listed.map(({ key, bytes }) => [key, bytes]),
        [
          [`${prefix}a`, 1],
          [`${prefix}b`, 1],
        ],
      );
      assert.ok(listed.every((item) => !("body" in item)));
      assert.equal(await store().objects.delete(`${prefix}a`), true);
      assert.equal(await store().objects.delete(`${prefix}a`), false);
      assert.equal(await store().objects.get(`${prefix}a`), undefined);
    });
  });

  describe("secrets: who was given which, and under which key they stand", () => {
    test("accesses are kept in order and removed when they are old", async () => {
      const name = `c-${world().ids.next()}`;
      const access = { kind: "credential", name, actor: "w1", execution_id: null } as const;
      await store().secretAudit.record({ ...access, action: "write" });
      await store().secretAudit.record({ ...access, action: "read", execution_id: "7" });
      const all = await store().secretAudit.list({ name, limit: 10 });
      assert.deepEqual(
        all.map(({ action, execution_id }) => [action, execution_id]),
        [
          ["read", "7"],
          ["write", null],
        ],
      );
      assert.equal((await store().secretAudit.list({ name, execution_id: "7", limit: 10 })).length, 1);
      assert.ok((await store().secretAudit.purge(world().clock.now() + 1)) >= 2);
      assert.deepEqual(await store().secretAudit.list({ name, limit: 10 }), []);
    });

    test("the status counts records by key and shows no key", async () => {
      await store().credentials.put({ name: `k-${world().ids.next()}`, type: "t", data: { password: "pw-canary" } });
      const status = await store().keyStatus();
      assert.ok((status.records[status.current] ?? 0) > 0);
      assert.equal(status.stale, 0);
      assert.ok(status.readable.includes(status.current));
      assert.ok(!JSON.stringify(status).includes("pw-canary"));
    });
  });

  describe("writes elsewhere, and logs of other control planes", () => {
    test("a run is marked once and cleared once", async () => {
      const id = world().ids.next();
      assert.deepEqual([await store().sinks.mark(id, "w"), await store().sinks.mark(id, "v")], [true, false]);
      assert.equal((await store().sinks.pending(id))?.worker_id, "w");
      assert.deepEqual([await store().sinks.clear(id), await store().sinks.clear(id)], [true, false]);
      assert.equal(await store().sinks.pending(id), undefined);
    });

    test("an event is mirrored once, in order of its ids", async () => {
      const execution_id = world().ids.next();
      const event = (step: string) => ({
        execution_id,
        event_id: world().ids.next(),
        event_type: "call.done",
        created_at: world().clock.now(),
        envelope: { node_name: step },
      });
      const [one, two] = [event("a"), event("b")];
      assert.equal((await store().mirror.insert([two, one, one])).inserted, 2);
      assert.equal((await store().mirror.insert([one])).inserted, 0);
      assert.deepEqual(await store().mirror.load(execution_id, 10), [one, two]);
    });
  });

  describe("the rows of a run made anew", () => {
    test("as the log has them, at the seq that was folded, and not twice", async () => {
      const { ids, clock } = world();
      const summary = run(ids, clock);
      const { execution_id } = summary;
      await store().executions.create(summary, "text");
      const stamp = stamper(ids, clock, execution_id);
      const events = [enter("a"), issued("a"), completed("a"), issued("b")].map(stamp);
      const command = (step: string, at: number) => ({
        event_id: events[at]?.event_id ?? "",
        command_id: `${step}#1`,
        step,
        kind: "noop",
        pool: "shared",
        attempt: 1,
      });
      const commands = [command("a", 1), command("b", 3)];
      await store().log.append({ execution_id, expectedSeq: 0, events, commands });
      const input = { execution_id, status: "COMPLETED", ended_at: clock.now(), error: null, open: ["b#1"] } as const;
      await assert.rejects(store().executions.rebuild({ ...input, seq: 3 }), meaning("conflict"));
      await assert.rejects(store().executions.rebuild({ ...input, execution_id: "1", seq: 0 }), meaning("not_found"));
      // The row of `a` was written behind its end: it is still open.
      const states = async () =>
        (await store().commands.list({ execution_id })).map((row) => [row.command_id, row.status]).sort();
      assert.deepEqual(await states(), [
        ["a#1", "PENDING"],
        ["b#1", "PENDING"],
      ]);
      assert.deepEqual(await store().executions.rebuild({ ...input, seq: 4 }), { run: true, commands: 1 });
      assert.deepEqual(await store().executions.rebuild({ ...input, seq: 4 }), { run: false, commands: 0 });
      const row = await store().executions.get(execution_id);
      assert.deepEqual([row?.status, row?.ended_at, row?.seq], ["COMPLETED", clock.now(), 4]);
      assert.deepEqual(await store().executions.rebuild({ ...input, seq: 4, open: [] }), { run: false, commands: 1 });
      assert.deepEqual(await states(), [
        ["a#1", "COMPLETED"],
        ["b#1", "CANCELLED"],
      ]);
    });
  });

  describe("results of an execution", () => {
    test("are listed, counted and forgotten, by step or altogether", async () => {
      const execution_id = world().ids.next();
      const put = (step: string) => store().results.put({ execution_id, step, body: { step }, scope: "execution" });
      const ref = await put("a");
      await put("b");
      await put("b");
      const listed = await store().results.list(execution_id);
      assert.deepEqual(
        listed.map(({ name }) => name),
        ["a", "b", "b"],
      );
      assert.equal(listed[0]?.ref, ref.ref);
      assert.equal((await store().results.list(execution_id, "b")).length, 2);
      const total = (await store().results.stats()).reduce((sum, each) => sum + each.count, 0);
      assert.ok(total >= 3);
      assert.equal(await store().results.remove(execution_id, "b"), 2);
      assert.equal(await store().results.remove(execution_id), 1);
      await assert.rejects(store().results.get(ref.ref), meaning("not_found"));
    });
  });
}
