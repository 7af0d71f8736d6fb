import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { NATS_MISSING, startNats, type TestNats } from "../../../../test/services/nats.ts";
import type { Delivery } from "../bus.ts";
import { busContract, hint, until } from "../contract/contract.ts";
import { openSilencer } from "../testing/silencer.ts";
import { leave, open, openNatsBus } from "./bus.ts";
import { ensureConsumer } from "./streams.ts";

const names = { stream: "NOETL_COMMANDS", consumer: "noetl_worker_pool" };

let server: TestNats | undefined;
before(async () => {
  server = await startNats();
});
after(() => server?.stop());
const url = () => server?.url ?? "";
const probe = await startNats();
await probe?.stop();

if (probe === undefined) {
  test("nats", (context) => context.skip(NATS_MISSING));
} else {
  busContract("nats", async () => ({
    open: () => openNatsBus({ url: url(), fetchMs: 1_000 }),
    close: async () => {},
    shared: true,
  }));

  test("a bus whose broker is gone closes, and looks for it no more", async () => {
    const mortal = await startNats();
    assert.ok(mortal);
    const bus = await openNatsBus({ url: mortal.url, fetchMs: 1_000 });
    await mortal.stop();
    await bus.close();
    await assert.rejects(bus.publish(hint("late")), /clos/i);
  });

  test("a broker that is there and says nothing is left", async () => {
    const quiet = await openSilencer(url());
    const connection = await open({ url: quiet.url });
    quiet.silence();
    connection.subscribe("anything");
    await leave(connection, 100);
    assert.equal(connection.isClosed(), true);
    await quiet.close();
  });

  test("hints wait in the stream until someone subscribes, and survive a worker that dies with one", async () => {
    const bus = await openNatsBus({ url: url(), fetchMs: 1_000, ackWaitMs: 1_000 });
    const sent = hint("late");
    await bus.publish(sent);
    const dying = await connect({ servers: url() });
    const manager = await jetstreamManager(dying);
    await ensureConsumer(manager, names, "late", { ackWaitMs: 1_000, maxAckPending: 10 });
    const consumer = await jetstream(dying).consumers.get(names.stream, "noetl_worker_pool_late");
    assert.ok(await consumer.next({ expires: 2_000 }));
    await dying.close();
    const got: Delivery[] = [];
    await bus.subscribe(["late"], async (delivery) => {
      got.push(delivery);
      return "ack";
    });
    await until(() => got.length > 0, "redelivery");
    assert.deepEqual([got[0]?.hint.event_id, got[0]?.attempt], [sent.event_id, 2]);
    await bus.close();
  });

  test("a handler longer than the broker's patience keeps its hint", async () => {
    const bus = await openNatsBus({ url: url(), fetchMs: 1_000, ackWaitMs: 400 });
    let runs = 0;
    await bus.subscribe(
      ["slow"],
      async () => {
        runs += 1;
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        return "ack";
      },
      { inFlight: 2 },
    );
    await bus.publish(hint("slow"));
    await until(() => runs === 1, "the run");
    await new Promise((resolve) => setTimeout(resolve, 1_700));
    assert.equal(runs, 1);
    await bus.close();
  });

  test("an unreadable message is thrown away and stops nothing", async () => {
    const bus = await openNatsBus({ url: url(), fetchMs: 1_000 });
    const plain = await connect({ servers: url() });
    plain.publish("noetl.commands.mixed.1", "no json");
    await plain.flush();
    await bus.publish(hint("mixed"));
    let got = 0;
    await bus.subscribe(["mixed"], async () => {
      got += 1;
      return "ack";
    });
    await until(() => got === 1, "the readable one");
    const depth = (await bus.depth()).find((item) => item.pool === "mixed");
    assert.equal(depth?.waiting, 0);
    await plain.close();
    await bus.close();
  });

  test("the stream and the consumers of an older worker are taken over with their backlog", async (context) => {
    const own = await startNats();
    assert.ok(own);
    context.after(() => own.stop());
    const plain = await connect({ servers: own.url });
    const manager = await jetstreamManager(plain);
    await manager.streams.add({ name: names.stream, subjects: ["noetl.commands", "noetl.commands.same.>"] });
    const older = (pool: string, filter: string | undefined) =>
      manager.consumers.add(names.stream, {
        durable_name: `noetl_worker_pool_${pool}`,
        ack_policy: "explicit",
        max_ack_pending: 64,
        ...(filter === undefined ? {} : { filter_subject: filter }),
      });
    await older("same", "noetl.commands.same.>");
    await older("other", undefined);
    const bus = await openNatsBus({ url: own.url, fetchMs: 1_000, maxAckPending: 128 });
    const sent = [hint("same"), hint("other")];
    for (const each of sent) await bus.publish(each);
    const got: string[] = [];
    await bus.subscribe(["same", "other"], async (delivery) => {
      got.push(delivery.hint.event_id);
      return "ack";
    });
    await until(() => got.length === 2, "the backlog");
    assert.deepEqual(
      got.sort(),
      sent.map((each) => each.event_id),
    );
    const { config } = await manager.streams.info(names.stream);
    assert.deepEqual(config.subjects, ["noetl.commands", "noetl.commands.>"]);
    for (const pool of ["same", "other"]) {
      const consumer = await manager.consumers.info(names.stream, `noetl_worker_pool_${pool}`);
      assert.deepEqual(
        [consumer.config.max_ack_pending, consumer.config.filter_subject],
        [128, `noetl.commands.${pool}.>`],
      );
    }
    await plain.close();
    await bus.close();
  });

  test("a deleted stream is made again and its pool goes on", async (context) => {
    const own = await startNats();
    assert.ok(own);
    context.after(() => own.stop());
    const bus = await openNatsBus({ url: own.url, fetchMs: 1_000 });
    const got: string[] = [];
    let gaps = 0;
    const troubles: Error[] = [];
    await bus.subscribe(
      ["p"],
      async (delivery) => {
        got.push(delivery.hint.event_id);
        return "ack";
      },
      {
        onTrouble: (error) => troubles.push(error),
        onGap: () => {
          gaps += 1;
        },
      },
    );
    const first = hint("p");
    await bus.publish(first);
    await until(() => got.length === 1, "the first");
    const plain = await connect({ servers: own.url });
    await (await jetstreamManager(plain)).streams.delete(names.stream);
    await plain.close();
    await until(() => gaps > 0, "the gap", 20_000);
    assert.ok(troubles.length > 0);
    const later = hint("p");
    await bus.publish(later);
    await until(() => got.includes(later.event_id), "one after the loss");
    await bus.close();
  });

  test("a broker that goes away and comes back empty is taken up again", async (context) => {
    const own = await startNats();
    assert.ok(own);
    context.after(() => own.stop());
    const bus = await openNatsBus({ url: own.url, fetchMs: 500 });
    const got: string[] = [];
    let gaps = 0;
    await bus.subscribe(
      ["p"],
      async (delivery) => {
        got.push(delivery.hint.event_id);
        return "ack";
      },
      {
        onGap: () => {
          gaps += 1;
        },
      },
    );
    const before = hint("p");
    await bus.publish(before);
    await until(() => got.includes(before.event_id), "the first");
    await own.stop();
    await assert.rejects(bus.publish(hint("p")), { meaning: "unavailable" });
    const again = await startNats({ port: own.port });
    context.after(() => again?.stop());
    await until(() => gaps > 0, "the gap", 20_000);
    const later = hint("p");
    await bus.publish(later);
    await until(() => got.includes(later.event_id), "one after the restart");
    await bus.close();
  });

  test("credentials stand in the address, and wrong ones are said to be so", async (context) => {
    const guarded = await startNats({ user: "noetl", password: "s3 cret" });
    assert.ok(guarded);
    context.after(() => guarded.stop());
    const address = (password: string) =>
      `nats://noetl:${encodeURIComponent(password)}@${guarded.host}:${guarded.port}`;
    const bus = await openNatsBus({ url: address("s3 cret") });
    await bus.close();
    await assert.rejects(openNatsBus({ url: address("wrong") }), { meaning: "auth" });
  });

  test("an unreachable broker is said to be so", async () => {
    await assert.rejects(openNatsBus({ url: "nats://127.0.0.1:1" }), { meaning: "unavailable" });
  });
}
