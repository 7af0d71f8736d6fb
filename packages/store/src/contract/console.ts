import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isNoetlError } from "@noetl/core";
import type { Store } from "../store.ts";
import type { World } from "./world.ts";

/** Statements of people on the store's own database. */
export function consoleContract(_world: () => World, store: () => Store): void {
  describe("statements", () => {
    const run = (text: string, write = false) => store().query({ text, write });
    const failed = (error: unknown) =>
      isNoetlError(error) && error.meaning === "terminal" && error.code === "QUERY_FAILED";

    it("answers rows as objects, with the names of the columns", async () => {
      const answer = await run("SELECT 1 AS one, 'two' AS two, NULL AS empty");
      assert.deepEqual(answer, {
        columns: ["one", "two", "empty"],
        rows: [{ one: 1, two: "two", empty: null }],
        row_count: 1,
      });
    });

    it("names columns without rows", async () => {
      const answer = await run("SELECT execution_id FROM noetl.execution WHERE 1 = 0");
      assert.deepEqual(answer, { columns: ["execution_id"], rows: [], row_count: 0 });
    });

    it("keeps ids exact", async () => {
      const { rows } = await run("SELECT 9007199254740993 AS id");
      assert.deepEqual(rows, [{ id: "9007199254740993" }]);
    });

    it("changes nothing unless it may", async () => {
      const statement = "DELETE FROM noetl.lease WHERE name = 'nobody'";
      await assert.rejects(run(statement), failed);
      assert.equal((await run(statement, true)).rows.length, 0);
    });

    it("takes one statement: none can free itself from being read-only", async () => {
      await assert.rejects(run("SELECT 1; DELETE FROM noetl.lease"));
      await assert.rejects(run("COMMIT"));
      await store().leases.acquire("console", "somebody", 60_000);
      await assert.rejects(run("COMMIT; DELETE FROM noetl.lease"));
      assert.equal(await store().leases.acquire("console", "else", 60_000), false);
      await store().leases.release("console", "somebody");
    });

    it("says what is wrong with a statement", async () => {
      await assert.rejects(run("SELECT * FROM noetl.no_such_table"), failed);
    });
  });
}
