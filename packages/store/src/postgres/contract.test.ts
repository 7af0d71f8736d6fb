import { after, before } from "node:test";
import { startPostgres, type TestPostgres } from "../../../../test/services/postgres.ts";
import { storeContract } from "../contract/contract.ts";
import { testClock, testIds } from "../contract/world.ts";
import { fixedKeys } from "../secrets/keys.ts";
import { openPostgresStore } from "./open.ts";

let server: TestPostgres | undefined;
before(async () => {
  server = await startPostgres();
});
after(() => server?.stop());

storeContract("postgres", async () => {
  const clock = testClock();
  const ids = testIds();
  const target = await server?.createDatabase();
  const keys = fixedKeys({ id: "test", bytes: new Uint8Array(32).fill(1) });
  return {
    clock,
    ids,
    async open() {
      const store = await openPostgresStore({ target: { url: target?.url ?? "" }, keys, clock, ids });
      await store.migrate();
      return store;
    },
    close: async () => {},
  };
});
