import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, type TestContext, test } from "node:test";
import { freePort } from "../../services/guarded.ts";
import { NATS_MISSING, startNats } from "../../services/nats.ts";
import { startPostgres } from "../../services/postgres.ts";
import { type Plane, plane, waitFor } from "./plane.ts";

type Json = { [key: string]: unknown };

const ITEMS = 24;
const CAPACITY = 4;

/** Each item leaves a line in a file: what was done twice can be counted. */
const playbook = (file: string) => `apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: effects, path: demo/effects}
workflow:
  - step: prepare
    tool: {kind: noop, result: {items: ${JSON.stringify(Array.from({ length: ITEMS }, (_, index) => index))}}}
    next: {arcs: [{step: work}]}
  - step: work
    loop: {in: "{{ prepare.items }}", iterator: n, spec: {mode: parallel, max_in_flight: ${CAPACITY}}}
    tool: {kind: shell, cmds: ["echo {{ iter.n }} >> ${file}", "sleep 0.15"]}
    next: {arcs: [{step: count}]}
  - step: count
    tool: {kind: noop, result: "{{ work.stats.success }}"}
`;

const post = async (url: string, body: Json): Promise<Json> => {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${url}: ${answer.status} ${text}`);
  return JSON.parse(text.replaceAll(/:(\d{16,})/g, ':"$1"')) as Json;
};

/** Register and execute as any client would. */
async function begin(url: string, file: string): Promise<string> {
  await post(`${url}/api/catalog/register`, { content: playbook(file), resource_type: "Playbook" });
  const started = await post(`${url}/api/execute`, { path: "demo/effects", payload: {} });
  return String(started.execution_id);
}

async function ended(url: string, executionId: string): Promise<Json> {
  return waitFor("the end of the execution", async () => {
    const answer = await fetch(`${url}/api/executions/${executionId}/status`);
    if (!answer.ok) return undefined;
    const status = (await answer.json()) as Json;
    return status.completed === true || status.failed === true ? status : undefined;
  });
}

async function lines(file: string): Promise<string[]> {
  return (await readFile(file, "utf8").catch(() => "")).split("\n").filter((line) => line !== "");
}

/** The whole log, oldest first. */
async function events(url: string, executionId: string): Promise<Json[]> {
  const answer = await fetch(`${url}/api/executions/${executionId}/events?page_size=500&order=asc`);
  return ((await answer.json()) as { events: Json[] }).events;
}

/** Nothing lost, and nothing twice but what was under way when somebody was killed. */
async function check(url: string, executionId: string, file: string, underWay: number): Promise<void> {
  const status = await ended(url, executionId);
  assert.equal(status.failed, false, JSON.stringify(status));
  const done = (await lines(file)).map(Number);
  assert.deepEqual(
    [...new Set(done)].sort((a, b) => a - b),
    Array.from({ length: ITEMS }, (_, index) => index),
  );
  assert.ok(done.length - ITEMS <= underWay, `${done.length - ITEMS} items were done twice`);
  const log = await events(url, executionId);
  const count = (type: string) => log.filter((event) => event.event_type === type).length;
  assert.equal(count("call.done"), ITEMS + 2);
  assert.equal(count("command.completed"), ITEMS + 2);
  assert.equal(count("playbook.completed"), 1);
}

function suite(name: string, open: (t: TestContext) => Promise<Plane>): void {
  describe(name, () => {
    test("register, execute, work, end", async (t) => {
      const at = await open(t);
      const server = await at.server(await freePort());
      const worker = await at.worker(server.url);
      const file = join(at.folder, "effects");
      await check(server.url, await begin(server.url, file), file, 0);
      assert.equal(await worker.stop(), 0);
      assert.equal(await server.stop(), 0);
    });

    test("a worker is killed in the middle of its work; another one of its name goes on", async (t) => {
      const at = await open(t);
      const server = await at.server(await freePort());
      const worker = await at.worker(server.url);
      const file = join(at.folder, "effects");
      const executionId = await begin(server.url, file);
      await waitFor("some of the work", async () => ((await lines(file)).length >= 6 ? true : undefined));
      await worker.kill();
      assert.ok((await lines(file)).length < ITEMS);
      await at.worker(server.url);
      await check(server.url, executionId, file, CAPACITY);
    });

    test("a server is killed in the middle of a run; the worker waits and reports to the next one", async (t) => {
      const at = await open(t);
      const port = await freePort();
      const server = await at.server(port);
      await at.worker(server.url);
      const file = join(at.folder, "effects");
      const executionId = await begin(server.url, file);
      await waitFor("some of the work", async () => ((await lines(file)).length >= 6 ? true : undefined));
      await server.kill();
      assert.ok((await lines(file)).length < ITEMS);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const next = await at.server(port);
      // Leases lapse while nobody is there to extend them: what was under way may be begun again.
      await check(next.url, executionId, file, CAPACITY);
    });
  });
}

suite("SQLite and polling", async (t) => {
  const at = await plane({});
  t.after(() => at.close());
  return at;
});

const nats = await startNats();
if (nats === undefined) {
  test("PostgreSQL and NATS", (t) => t.skip(NATS_MISSING));
} else {
  const postgres = await startPostgres();
  const key = randomBytes(32).toString("base64");
  after(async () => {
    await postgres.stop();
    await nats.stop();
  });
  suite("PostgreSQL and NATS", async (t) => {
    const { url } = await postgres.createDatabase();
    const at = await plane({ NOETL_DATABASE_URL: url, NATS_URL: nats.url, NOETL_ENCRYPTION_KEY: key });
    t.after(() => at.close());
    return at;
  });
}
