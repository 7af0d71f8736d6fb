import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createConnection } from "node:net";
import test from "node:test";
import pg from "pg";
import { NATS_MISSING, startNats } from "./nats.ts";
import { startPostgres } from "./postgres.ts";
import { startWeb } from "./web.ts";

const rows = async (url: string, sql: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

const connects = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

test("PostgreSQL starts, gives databases of their own, checks passwords and stops", async () => {
  const server = await startPostgres();
  const first = await server.createDatabase();
  await rows(first.url, "CREATE TABLE only_here (a int)");
  const clone = await server.createDatabase(first.database);
  const empty = await server.createDatabase();
  const tables = "SELECT count(*)::int AS n FROM pg_tables WHERE tablename = 'only_here'";
  assert.deepEqual(await rows(clone.url, tables), [{ n: 1 }]);
  assert.deepEqual(await rows(empty.url, tables), [{ n: 0 }]);
  await assert.rejects(rows(empty.url.replace(server.password, "wrong"), "SELECT 1"), /password authentication failed/);
  await server.stop();
  assert.equal(await connects(server.port), false);
});

test("a server does not outlive a test process that is killed", async () => {
  const file = new URL("./postgres.ts", import.meta.url).href;
  const code = `const { startPostgres } = await import(${JSON.stringify(file)}); const s = await startPostgres(); console.log(s.port); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(chunk.toString("utf8"));
  assert.equal(await connects(port), true);
  child.kill("SIGKILL");
  for (let i = 0; i < 100 && (await connects(port)); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await connects(port), false);
});

test("NATS starts with JetStream and stops", async (t) => {
  const server = await startNats();
  if (server === undefined) {
    process.stderr.write(`${NATS_MISSING}\n`);
    t.skip(NATS_MISSING);
    return;
  }
  assert.equal(await connects(server.port), true);
  await server.stop();
  assert.equal(await connects(server.port), false);
});

test("stand-ins answer by path, by Host header and as a proxy", async () => {
  const web = await startWeb();
  try {
    const json = async (path: string) => (await fetch(`${web.url}${path}`)).json() as Promise<Record<string, unknown>>;
    assert.equal((await json("/posts")).length, 100);
    assert.deepEqual((await json("/api/v1/assessments?page=4")).paging, {
      hasMore: false,
      page: 4,
      pageSize: 10,
      total: 35,
    });
    const second = await json(`/api/v1/events?cursor=${(await json("/api/v1/events")).next_cursor}`);
    assert.equal((second.events as { id: number }[])[0]?.id, 11);
    assert.equal((await fetch(`${web.url}/api/v1/flaky?page=2&fail_on=2,3`)).status, 500);
    assert.equal((await fetch(`${web.url}/api/v1/flaky?page=2&fail_on=2,3`)).status, 200);
    assert.equal((await fetch(`${web.url}/api/v1/errors?error_type=429`)).headers.get("retry-after"), "1");
    assert.equal((await fetch(`${web.url}/status/418`)).status, 418);
    assert.ok((await json("/v1/forecast?latitude=52.5&longitude=13.4&current=temperature_2m")).current as object);
    const proxied = await new Promise<string>((resolve, reject) => {
      const socket = createConnection({ port: web.port, host: "127.0.0.1" });
      socket.write("GET http://httpbin.org/posts HTTP/1.1\r\nhost: httpbin.org\r\nconnection: close\r\n\r\n");
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk;
      });
      socket.on("end", () => resolve(text));
      socket.on("error", reject);
    });
    assert.match(proxied, /^HTTP\/1.1 404/);
  } finally {
    await web.stop();
  }
});
