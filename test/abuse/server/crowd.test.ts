import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { waitFor } from "../../e2e/distributed/plane.ts";
import { attacked } from "./attacked.ts";

const WATCHERS = 1_000;
const LORISES = 300;

/** Its step waits until the test lets it go on. */
async function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const server = createServer((_request, response) => void opened.then(() => response.end("open")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/`, open, close: () => server.close() };
}

test("a thousand watchers see every event of a run once, and its end", async (t) => {
  const [server, door] = [await attacked(), await gate()];
  t.after(() => server.close());
  t.after(door.close);
  const content = `apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: w, path: watched}\nworkflow:\n  - step: start\n    tool: {kind: http, url: "${door.url}", timeout: 120}\n`;
  await server.call("POST", "/api/catalog/register", { content });
  const started = await server.call("POST", "/api/execute", { path: "watched" });
  const { execution_id: id } = JSON.parse(started.text) as { execution_id: string };
  const streams: Response[] = [];
  for (let first = 0; first < WATCHERS; first += 100) {
    const some = Array.from({ length: 100 }, () => fetch(`${server.url}/api/executions/${id}/events/stream`));
    streams.push(...(await Promise.all(some)));
  }
  assert.ok(streams.every(({ status }) => status === 200));
  await server.alive();
  // A third goes away before anything has come to an end.
  const gone = streams.splice(0, WATCHERS / 3);
  await Promise.all(gone.map((stream) => stream.body?.cancel()));
  door.open();
  const seen = await Promise.all(streams.map((stream) => stream.text()));
  const idsIn = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id);
  const wanted = idsIn(seen[0] ?? "");
  assert.equal(new Set(wanted).size, wanted.length);
  for (const text of seen) {
    assert.match(text, /event: playbook\.completed\n.*\n\n$/);
    assert.deepEqual(idsIn(text), wanted);
  }
  await server.alive();
});

test("hundreds who send a byte now and then keep nobody else waiting", async (t) => {
  const server = await attacked();
  t.after(() => server.close());
  const content =
    "apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: p, path: plain}\nworkflow:\n  - step: start\n    tool: {kind: noop, result: 1}\n";
  await server.call("POST", "/api/catalog/register", { content });
  const lorises = Array.from({ length: LORISES }, (_, index) =>
    server.socket(
      index % 2 === 0
        ? "GET /api/executions HTTP/1.1\r\nhost: x\r\nx-slow: "
        : "POST /api/execute HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{",
    ),
  );
  await waitFor("all of them to be connected", async () => lorises.every((each) => !each.connecting) || undefined);
  for (let times = 0; times < 5; times++) {
    for (const each of lorises) each.write("x");
    assert.equal((await server.run("plain")).status, "COMPLETED");
    await setTimeout(50);
  }
  await server.alive();
});
