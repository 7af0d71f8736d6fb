import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { FeedMessage } from "@noetl/bus";
import type { ExecuteInput } from "@noetl/client";
import { type Json, NoetlError, systemClock } from "@noetl/core";
import { silent } from "../log.ts";
import { until } from "../testing/kit.ts";
import { executionOf } from "./dispatch.ts";
import { readSubscription } from "./document.ts";
import { openRuntime } from "./runtime.ts";

type Spec = { [key: string]: Json };
const documentOf = (spec: Spec = {}) =>
  readSubscription(
    "sub/feed",
    { spec: { source: "nats", nats: { stream: "S" }, dispatch: { playbook: "p" }, ...spec } },
    {},
    "nats://broker",
  );

interface Fate {
  done: number;
  later: number[];
  dropped: string | undefined;
}

function message(id: string, over: Partial<FeedMessage> = {}): { message: FeedMessage; fate: Fate } {
  const fate: Fate = { done: 0, later: [], dropped: undefined };
  const made: FeedMessage = {
    id,
    subject: "s",
    data: { n: id },
    headers: {},
    delivered: 1,
    async done() {
      fate.done += 1;
    },
    later: (ms) => void fate.later.push(ms),
    drop(reason) {
      fate.dropped = reason;
    },
    ...over,
  };
  return { message: made, fate };
}

/** A runtime over messages in memory and a server that does what the test wants. */
function started(t: TestContext, spec: Spec, messages: FeedMessage[], start: (input: ExecuteInput) => void = () => {}) {
  const inputs: ExecuteInput[] = [];
  const told: string[] = [];
  const server = { state: "ACTIVE", acts: [] as string[], most: 0, open: 0 };
  const subscription = () => ({ subscription_id: "9", path: "sub/feed", state: server.state });
  const runtime = openRuntime({
    client: {
      subscriptions: {
        get: async () => subscription(),
        register: async () => subscription(),
        async act(_id, action) {
          server.acts.push(action);
          return subscription();
        },
      },
      executions: {
        async start(input: ExecuteInput) {
          server.open += 1;
          server.most = Math.max(server.most, server.open);
          await new Promise((resolve) => setTimeout(resolve, 5));
          server.open -= 1;
          start(input);
          inputs.push(input);
          return { execution_id: "1", status: "started", path: null, raw: null };
        },
      } as never,
    },
    feed: {
      async next(max) {
        if (messages.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        return messages.splice(0, max);
      },
      close: async () => {},
    },
    document: documentOf(spec),
    subscriptionId: "9",
    clock: systemClock,
    log: silent,
    observer: {
      received() {},
      started: (_status, count) => void told.push(`started ${count}`),
      dropped: () => void told.push("dropped"),
      limited: () => void told.push("limited"),
      circuit: (to) => void told.push(to),
    },
    stateMs: 10,
  });
  const running = runtime.run();
  t.after(async () => {
    runtime.drain();
    await running;
  });
  return { runtime, running, inputs, told, server };
}

test("a message starts a run and is acknowledged once the server has it, so many at a time", async (t) => {
  const made = ["a", "b", "c", "d", "e"].map((id) => message(id));
  const { inputs, server } = started(
    t,
    { limits: { max_in_flight: 2 } },
    made.map((each) => each.message),
  );
  await until("all to be done", () => made.every(({ fate }) => fate.done === 1));
  assert.equal(inputs.length, 5);
  assert.equal(server.most, 2);
  assert.deepEqual(inputs[0]?.dedup, { key: "9:a", window_secs: 300 });
});

test("what the server cannot take now comes again; the circuit opens, and closes", async (t) => {
  let away = true;
  const [first, second] = [message("a"), message("b")];
  const queue = [first.message];
  const { told } = started(t, {}, queue, () => {
    if (away) throw new NoetlError("unavailable", "SERVER_UNREACHABLE", "nobody there");
  });
  await until("it to be given back", () => first.fate.later.length === 1);
  assert.equal(first.fate.done, 0);
  away = false;
  queue.push(second.message);
  await until("the next one", () => second.fate.done === 1);
  assert.deepEqual(
    told,
    ["open", "started 1", "closed"].sort((a, b) => told.indexOf(a) - told.indexOf(b)),
  );
  assert.deepEqual([...told].sort(), ["closed", "open", "started 1"]);
});

test("what no run can be started for is tried five times, then dropped", async (t) => {
  const [early, last] = [message("a"), message("b", { delivered: 5 })];
  started(t, {}, [early.message, last.message], () => {
    throw new NoetlError("not_found", "PLAYBOOK_NOT_FOUND", "no such playbook");
  });
  await until("both to be settled", () => early.fate.later.length === 1 && last.fate.dropped !== undefined);
  assert.equal(early.fate.dropped, undefined);
  assert.equal(last.fate.done, 0);
});

test("a paused one takes nothing; a draining one ends and says so", async (t) => {
  const made = message("a");
  const queue: FeedMessage[] = [];
  const { running, server } = started(t, {}, queue);
  server.state = "PAUSED";
  await new Promise((resolve) => setTimeout(resolve, 60));
  queue.push(made.message);
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(made.fate.done, 0);
  server.state = "DRAINING";
  await running;
  assert.deepEqual(server.acts, ["deactivate"]);
  assert.equal(made.fate.done, 0);
});

test("several messages of a run, when the document says so", async (t) => {
  const made = ["a", "b", "c"].map((id) => message(id));
  const dispatch = { playbook: "p", batch_dispatch: true, batch_max: 2 };
  const { inputs } = started(
    t,
    { dispatch },
    made.map((each) => each.message),
  );
  await until("all to be done", () => made.every(({ fate }) => fate.done === 1));
  assert.deepEqual(inputs.map(({ workload }) => workload.count).sort(), [1, 2]);
});

test("headers steer only what the document lists, to what it lists", () => {
  const document = documentOf({
    headers: {
      directives: [
        { header: "X-Playbook", controls: "dispatch.playbook", allowed: ["p2"] },
        { header: "X-Lane", controls: "dispatch.execution_pool", allowed: { fast: "gpu" } },
        { header: "X-Key", controls: "idempotency_key" },
        { header: "X-Other", controls: "secrets" },
      ],
    },
  });
  const input = (headers: FeedMessage["headers"]) => executionOf(document, "9", [message("a", { headers }).message]);
  const steered = input({ "x-playbook": "p2", "X-LANE": "fast", "x-key": "k1", "x-other": "all" });
  assert.deepEqual([steered.path, steered.execution_pool, steered.dedup?.key], ["p2", "gpu", "9:k1"]);
  const refused = input({ "x-playbook": "system/wipe", "x-lane": "gpu" });
  assert.deepEqual([refused.path, refused.execution_pool, refused.dedup?.key], ["p", undefined, "9:a"]);
});

test("the workload is the message's data, or what the document points at", () => {
  const workload = (spec: Spec, data: Json) =>
    executionOf(documentOf(spec), "9", [message("a", { data }).message]).workload;
  assert.equal(workload({}, { order: 7 }).order, 7);
  assert.deepEqual(workload({}, "text").data, "text");
  const from = { dispatch: { playbook: "p", payload_from: "data.inner" } };
  assert.equal(workload(from, { inner: { order: 8 } }).order, 8);
  assert.equal((workload({}, {}).message as { [key: string]: Json }).id, "a");
});

test("what this worker cannot do is refused with a reason", () => {
  assert.throws(() => documentOf({ source: "kafka" }), /pulls from NATS and Pub\/Sub only/);
  assert.throws(() => documentOf({ mode: "push" }), /pulls from NATS and Pub\/Sub only/);
  assert.throws(() => documentOf({ source: "pubsub" }), /spec.pubsub.subscription is missing/);
  assert.throws(() => documentOf({ source: "pubsub", subscription: "s" }), /in which project/);
  assert.throws(() => documentOf({ nats: {} }), /spec.nats.stream is missing/);
});
