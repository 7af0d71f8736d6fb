import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ended, execute, playbook, register, startServer, type TestServer } from "../testing/kit.ts";
import { testWorker } from "../testing/worker.ts";

interface Frame {
  id: string;
  event: string;
}

function frames(text: string): Frame[] {
  return text
    .split("\n\n")
    .filter((block) => block.startsWith("id: "))
    .map((block) => ({ id: /^id: (.*)$/m.exec(block)?.[1] ?? "", event: /^event: (.*)$/m.exec(block)?.[1] ?? "" }));
}

describe("stream of events", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
    await register(server, playbook("stream/one", { start: ["end"], end: [] }));
  });
  after(() => server.close());
  const open = (id: string, headers = {}) => fetch(`${server.url}/api/executions/${id}/events/stream`, { headers });

  it("tells every event once, as it happens, and ends behind the terminal one", async () => {
    const id = await execute(server, "stream/one");
    const response = await open(id);
    assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    const reading = response.text();
    await testWorker(server).drain();
    const seen = frames(await reading);
    const log = await server.store.log.load(id);
    assert.deepEqual(seen.map(({ id: event }) => event).sort(), log.map((event) => event.event_id).sort());
    assert.equal(seen.at(-1)?.event, "playbook.completed");
  });

  it("goes on behind Last-Event-ID", async () => {
    const id = await execute(server, "stream/one");
    await testWorker(server).drain();
    await ended(server, id);
    const all = frames(await (await open(id)).text());
    const rest = frames(await (await open(id, { "last-event-id": all[4]?.id ?? "" })).text());
    assert.deepEqual(rest, all.slice(5));
    const foreign = frames(await (await open(id, { "last-event-id": "1" })).text());
    assert.deepEqual(foreign, all, "an id of another log: everything");
  });

  it("is refused for an unknown execution, and ends when the server stops", async () => {
    assert.equal((await open("4242")).status, 404);
    const other = await startServer();
    await register(other, playbook("stream/one", { start: [] }));
    const id = await execute(other, "stream/one");
    const response = await fetch(`${other.url}/api/executions/${id}/events/stream`);
    const reading = response.text();
    await other.close();
    assert.ok(frames(await reading).length > 0);
  });
});
