import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { openClient } from "../client.ts";
import { liveEvents } from "../executions/live.ts";
import { sentEvents } from "./sent-events.ts";

async function collect<T>(items: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of items) all.push(...batch);
  return all;
}

async function serve(t: TestContext, answer: (path: string, response: ServerResponse) => void) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(request.url ?? "", response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { client: openClient({ url, token: "t" }), asked };
}

const message = (id: number) =>
  `id: ${id}\nevent: step.enter\ndata: {"event_id":"${id}","event_type":"step.enter","seq":${id}}\n\n`;
const { signal } = new AbortController();

test("messages are put together from whatever chunks they come in; comments are none", async () => {
  const whole = `: hello\n\n${message(1)}data: a\ndata: b\n\n`;
  async function* pieces(size: number) {
    for (let at = 0; at < whole.length; at += size) yield whole.slice(at, at + size);
  }
  for (const size of [1, 7, 1_000]) {
    const found = await collect(sentEvents(pieces(size)));
    assert.deepEqual(
      found.map(({ id, event }) => [id, event]),
      [
        ["1", "step.enter"],
        ["", "message"],
      ],
    );
    assert.equal(found[1]?.data, "a\nb");
  }
});

test("live events come from the stream, from where one left off; its end ends them", async (t) => {
  const { client, asked } = await serve(t, (_path, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(message(8));
    setTimeout(() => response.end(message(9)), 20);
  });
  const events = await collect(liveEvents(client, "5", { since: "7", signal }));
  assert.deepEqual(
    events.map(({ event_id, seq }) => [event_id, seq]),
    [
      ["8", 8],
      ["9", 9],
    ],
  );
  assert.deepEqual(asked, ["/api/executions/5/events/stream?since_event_id=7"]);
});

test("a server without a stream is asked again and again", async (t) => {
  const bodies: { [path: string]: unknown } = {
    "/api/executions/5/status": { execution_id: "5", status: "COMPLETED" },
    "/api/executions/5/events": { events: [{ event_id: 1, event_type: "step_started", node_name: "a" }] },
  };
  const { client } = await serve(t, (path, response) => {
    const body = bodies[path.split("?")[0] ?? ""];
    response.writeHead(body ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? { detail: "Not Found" }));
  });
  const events = await collect(liveEvents(client, "5", { signal }));
  assert.deepEqual(
    events.map(({ event_type }) => event_type),
    ["step_started"],
  );
});

test("what goes wrong has its meaning: a cut, silence, a refusal, an answer that is no stream, nobody waiting", async (t) => {
  const { client } = await serve(t, (path, response) => {
    const kind = path.slice(5);
    if (kind === "auth")
      return void response.writeHead(401, { "content-type": "application/json" }).end('{"detail":"no"}');
    if (kind === "page") return void response.writeHead(200, { "content-type": "text/html" }).end("<p>");
    response.writeHead(200, { "content-type": "text/event-stream" }).write(message(1));
    if (kind === "cut") setTimeout(() => response.destroy(), 20);
  });
  await assert.rejects(collect(client.stream("cut")), { meaning: "unavailable" });
  await assert.rejects(collect(client.stream("silent", { idleMs: 50 })), { meaning: "timeout" });
  await assert.rejects(collect(client.stream("auth")), { meaning: "auth" });
  await assert.rejects(collect(client.stream("page")), { code: "E_ANSWER" });
  const stop = new AbortController();
  const waiting = collect(client.stream("silent", { signal: stop.signal }));
  setTimeout(() => stop.abort(), 30);
  await assert.rejects(waiting, { meaning: "cancelled" });
  await assert.rejects(collect(openClient({ url: "http://127.0.0.1:1" }).stream("x")), { meaning: "unavailable" });
});
