import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createListener } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { configFolder } from "@noetl/sdk";
import { cli, temporaryFolder } from "@noetl/sdk/testing";
import * as store from "@noetl/store";
import type { Diagnosis } from "./doctor.ts";
import { checkNode } from "./machine.ts";
import { checkNats, checkPostgres } from "./services.ts";

test("a fresh machine is healthy and looking makes nothing", async (t) => {
  const home = await temporaryFolder(t);
  const { stdout, code } = await cli(["doctor", "--json"], { home });
  const diagnosis = JSON.parse(stdout) as Diagnosis;
  assert.equal(code, 0);
  assert.equal(diagnosis.healthy, true);
  assert.match(diagnosis.checks.find(({ id }) => id === "data")?.detail ?? "", /made by the first run/);
});

test("cli.md §8 #52: a server that was asked for and does not answer fails, one that answers is ok", async (t) => {
  const home = await temporaryFolder(t);
  const server = createServer((_request, response) => response.end("{}")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const up = await cli(["--host", "127.0.0.1", "--port", String(port), "doctor"], { home });
  assert.match(up.stdout, /ok +server .* answers/);
  await new Promise((resolve) => server.close(resolve));
  const down = await cli(["doctor", "--server-url", `http://127.0.0.1:${port}`], { home });
  assert.match(down.stdout, /FAIL +server .*cannot reach/);
  assert.equal(down.code, 1);
});

test("a Node that is too old is said", () => {
  assert.equal(checkNode("v22.14.0").status, "fail");
  assert.equal(checkNode("v22.15.0").status, "ok");
  assert.equal(checkNode("v24.0.0").status, "ok");
});

test("the folder of settings is where the store looks too", async (t) => {
  const home = await temporaryFolder(t);
  for (const env of [
    {},
    { NOETL_HOME: "/n" },
    { XDG_CONFIG_HOME: "/c" },
    { XDG_CONFIG_HOME: "relative" },
    { HOME: join(home, "h") },
  ]) {
    assert.equal(configFolder(env, home), store.configFolder(env, home));
  }
});

/** Port of a listener that says `hello`, or answers `reply` to whatever comes. */
async function listener(t: TestContext, { hello, reply }: { hello?: string; reply?: string }): Promise<number> {
  const server = createListener((socket) => {
    socket.on("error", () => {});
    if (hello !== undefined) socket.write(hello);
    socket.on("data", () => socket.write(reply ?? ""));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test("PostgreSQL and NATS are known by how they answer, and named without their passwords", async (t) => {
  const postgres = await listener(t, { reply: "N" });
  const nats = await listener(t, { hello: 'INFO {"server_id":"x","version":"2.11.0"} \r\n' });
  const database = (port: number) => checkPostgres({ NOETL_DATABASE_URL: `postgres://u:geheim@127.0.0.1:${port}/d` });
  assert.deepEqual(await database(postgres), {
    id: "postgres",
    status: "ok",
    detail: `PostgreSQL answers at 127.0.0.1:${postgres}`,
  });
  const broker = (port: number) => checkNats({ NATS_URL: `nats://u:geheim@127.0.0.1:${port}` });
  assert.match((await broker(nats)).detail, /^NATS 2\.11\.0 answers at/);
  assert.equal((await database(nats)).status, "fail");
  assert.match((await broker(await listener(t, { hello: "220 mail ready\r\n" }))).detail, /something else/);
  for (const { status } of [await checkPostgres({}), await checkNats({})]) assert.equal(status, "ok");
});

test("what is set up and does not answer fails, with a hint and without a password", async (t) => {
  const gone = createListener().listen(0, "127.0.0.1");
  await new Promise((resolve) => gone.once("listening", resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const home = await temporaryFolder(t);
  const env = { NATS_URL: `nats://u:geheim@127.0.0.1:${port}`, POSTGRES_HOST: "127.0.0.1", POSTGRES_PORT: `${port}` };
  const { stdout, stderr, code } = await cli(["doctor", "--json"], { home, env });
  const { checks } = JSON.parse(stdout) as Diagnosis;
  for (const id of ["postgres", "nats"]) {
    const check = checks.find((one) => one.id === id);
    assert.equal(check?.status, "fail", id);
    assert.match(check?.hint ?? "", /check/);
  }
  assert.equal(code, 1);
  assert.doesNotMatch(stdout + stderr, /geheim/);
});
