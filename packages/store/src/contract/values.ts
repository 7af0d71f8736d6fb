import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Store } from "../store.ts";
import { meaning } from "./log.ts";
import type { World } from "./world.ts";

export function valuesContract(world: () => World, store: () => Store): void {
  describe("variables", () => {
    test("are set, read, counted and removed", async () => {
      const id = world().ids.next();
      await store().variables.put(id, [
        { name: "a", value: { x: [1, "é"] } },
        { name: "b", value: "text", type: "computed", source_step: "s" },
        { name: "n", value: null },
      ]);
      assert.deepEqual((await store().variables.get(id, "a"))?.value, { x: [1, "é"] });
      assert.equal((await store().variables.get(id, "a"))?.access_count, 2);
      await store().variables.put(id, [{ name: "a", value: 2 }]);
      const all = await store().variables.list(id);
      assert.deepEqual(
        all.map((item) => [item.name, item.value, item.type, item.source_step]),
        [
          ["a", 2, "user_defined", null],
          ["b", "text", "computed", "s"],
          ["n", null, "user_defined", null],
        ],
      );
      assert.equal(await store().variables.get(id, "nope"), undefined);
      assert.equal(await store().variables.delete(id, "a"), 1);
      assert.equal(await store().variables.delete(id), 2);
    });
  });

  describe("keychain", () => {
    test("keeps an entry per scope and counts its use", async () => {
      const catalog_id = world().ids.next();
      const local = { name: "t", catalog_id, scope: "local", execution_id: "7" } as const;
      const global = { name: "t", catalog_id, scope: "global" } as const;
      await store().keychain.put(local, { data: { token: "l" }, credential_type: "bearer" });
      await store().keychain.put(global, {
        data: { token: "g" },
        credential_type: "bearer",
        ttl: 10,
        auto_renew: true,
        renew_config: { r: 1 },
      });
      assert.equal((await store().keychain.get(local))?.data.token, "l");
      const got = await store().keychain.get(global);
      assert.deepEqual([got?.data, got?.access_count, got?.renew_config], [{ token: "g" }, 1, { r: 1 }]);
      assert.equal(got?.expires_at, world().clock.now() + 10_000);
      const listed = await store().keychain.list(catalog_id);
      assert.deepEqual(
        listed.map((item) => item.cache_key),
        [`t:${catalog_id}:7`, `t:${catalog_id}:global`],
      );
      assert.ok(listed.every((item) => !("data" in item)));
      await assert.rejects(
        async () => store().keychain.get({ name: "t", catalog_id, scope: "shared" }),
        meaning("validation"),
      );
      world().clock.advance(3_600_000);
      await store().keychain.collect(world().clock.now());
      assert.equal(await store().keychain.get(local), undefined);
      assert.equal((await store().keychain.get(global))?.auto_renew, true);
      assert.equal(await store().keychain.delete(global), true);
      assert.equal(await store().keychain.delete(global), false);
    });
  });
}
