import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { startPostgres, type TestPostgres } from "../../../../test/services/postgres.ts";
import { busContract, hint, until } from "../contract/contract.ts";
import { openPostgresBus } from "./bus.ts";

let server: TestPostgres | undefined;
before(async () => {
  server = await startPostgres();
});
after(() => server?.stop());
const config = () => ({ connectionString: server?.url ?? "" });

busContract("postgres", async () => ({
  open: () => openPostgresBus({ config: config() }),
  close: async () => {},
  shared: true,
}));

test("a broken session is made anew, and subscribers are told that hints may be lost", async () => {
  const bus = await openPostgresBus({ config: config() });
  const got: string[] = [];
  let gaps = 0;
  await bus.subscribe(
    ["p"],
    async ({ hint: { event_id } }) => {
      got.push(event_id);
      return "ack";
    },
    {
      onGap: () => {
        gaps += 1;
      },
    },
  );
  const admin = new pg.Client(config());
  await admin.connect();
  await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'noetl-bus'");
  await admin.end();
  await until(() => gaps === 1, "the gap");
  const sent = hint("p");
  await bus.publish(sent);
  await until(() => got.includes(sent.event_id), "a hint after the break");
  await bus.close();
});

test("an unreachable database is said to be so", async () => {
  await assert.rejects(openPostgresBus({ config: { host: "127.0.0.1", port: 1 } }), { meaning: "unavailable" });
});

test("a message that PostgreSQL cannot carry is refused, not cut", async () => {
  const bus = await openPostgresBus({ config: config() });
  await assert.rejects(bus.announce("big", "x".repeat(8_000)), { meaning: "terminal" });
  await bus.close();
});
