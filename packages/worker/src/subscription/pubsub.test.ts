import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { type JsonObject, systemClock } from "@noetl/core";
import { silent } from "../log.ts";
import { until } from "../testing/kit.ts";
import { readSubscription } from "./document.ts";
import { openSource } from "./source.ts";

const text = (value: string) => Buffer.from(value).toString("base64");

test("messages of Pub/Sub: pulled under the credential's token, held, acknowledged, given back, dropped", async (t) => {
  const asked: { path: string; body: JsonObject; authorization: string | undefined }[] = [];
  const queue = [
    { ackId: "a", message: { messageId: "1", data: text('{"n": 1}'), attributes: { "x-key": "k" } } },
    { ackId: "b", message: { messageId: "2", data: text("plain") }, deliveryAttempt: 5 },
    { ackId: "c", message: { messageId: "3", data: Buffer.from([0xff, 0]).toString("base64") } },
  ];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const path = request.url ?? "";
    if (path === "/token") return response.end(JSON.stringify({ access_token: "made", expires_in: 3600 }));
    asked.push({ path, body: JSON.parse(body), authorization: request.headers.authorization });
    if (!path.endsWith(":pull")) return response.end("{}");
    if (queue.length > 0) return response.end(JSON.stringify({ receivedMessages: queue.splice(0) }));
    // As the service does: held open until there is something.
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const spec = {
    source: "pubsub",
    auth: "cloud",
    endpoint: url,
    project: "p",
    subscription: "s",
    dispatch: { playbook: "x" },
  };
  const document = readSubscription("sub/x", { spec }, {}, undefined);
  const data = { token_url: `${url}/token`, client_id: "i", client_secret: "s" };
  const feed = await openSource(
    document,
    {
      config: { nats: undefined },
      server: { credential: async (name) => ({ name, type: "oauth2_client_credentials", data }) },
      env: {},
      clock: systemClock,
      log: silent,
    },
    "9",
  );
  const stop = new AbortController();
  const [first, second, third] = await feed.next(10, 100, stop.signal);
  assert.deepEqual(
    [first, second, third].map((message) => [message?.data, message?.delivered]),
    [
      [{ n: 1 }, 1],
      ["plain", 5],
      [Buffer.from([0xff, 0]).toString("base64"), 1],
    ],
  );
  assert.equal(first?.id, "projects/p/subscriptions/s:1");
  assert.deepEqual(first?.headers, { "x-key": "k" });
  await first?.done();
  second?.drop("of no use");
  third?.later(2_500);
  const of = (verb: string) => asked.filter(({ path }) => path === `/v1/projects/p/subscriptions/s:${verb}`);
  await until("all to be settled", () => of("acknowledge").length === 2 && of("modifyAckDeadline").length === 2);
  assert.deepEqual(
    of("acknowledge").map(({ body }) => body),
    [{ ackIds: ["a"] }, { ackIds: ["b"] }],
  );
  assert.deepEqual(
    of("modifyAckDeadline").map(({ body }) => body),
    [
      { ackIds: ["a", "b", "c"], ackDeadlineSeconds: 60 },
      { ackIds: ["c"], ackDeadlineSeconds: 3 },
    ],
  );
  assert.ok(asked.every(({ authorization }) => authorization === "Bearer made"));

  queue.push({ ackId: "d", message: { messageId: "3", data: text("{}") } });
  assert.equal((await feed.next(1, 100, stop.signal))[0]?.delivered, 2, "counted here, where the service does not");
  const waiting = feed.next(1, 100, stop.signal);
  stop.abort();
  assert.deepEqual(await waiting, []);
});
