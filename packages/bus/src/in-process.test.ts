import assert from "node:assert/strict";
import { test } from "node:test";
import { busContract, hint, until } from "./contract/contract.ts";
import { openInProcessBus } from "./in-process.ts";

busContract("in-process", async () => ({
  open: async () => openInProcessBus(),
  close: async () => {},
  shared: false,
}));

test("hints published before anyone subscribed are kept", async () => {
  const bus = openInProcessBus();
  await bus.publish(hint("early"));
  let got = 0;
  await bus.subscribe(["early"], async () => {
    got += 1;
    return "ack";
  });
  await until(() => got === 1, "the early hint");
  await bus.close();
});

test("a full queue drops the oldest and says that something was lost", async () => {
  const bus = openInProcessBus();
  let gaps = 0;
  const busy = await bus.subscribe(
    ["full"],
    ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve("ack"))),
    {
      onGap: () => {
        gaps += 1;
      },
    },
  );
  for (let index = 0; index < 100_002; index++) await bus.publish(hint("full"));
  assert.equal(gaps, 1);
  assert.equal((await bus.depth())[0]?.waiting, 100_000);
  await busy.close();
  await bus.close();
});
