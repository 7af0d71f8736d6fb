import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeContract } from "../contract/contract.ts";
import { testClock, testIds } from "../contract/world.ts";
import { openMemoryStore, openSqliteStore } from "./open.ts";

storeContract("sqlite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "noetl-store-"));
  const clock = testClock();
  const ids = testIds();
  return {
    clock,
    ids,
    open: () => openSqliteStore({ folder, clock, ids }),
    close: () => rm(folder, { recursive: true }),
  };
});

storeContract("memory", async () => {
  const clock = testClock();
  const ids = testIds();
  const store = await openMemoryStore({ clock, ids });
  return { clock, ids, open: async () => store, close: async () => {} };
});
