import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, beforeEach, it } from "node:test";
import { isNoetlError } from "@noetl/core";
import { openClient } from "./client.ts";
import { addressOf } from "./endpoint.ts";

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}
let answers: { status: number; body: string }[] = [];
let seen: Seen[] = [];
let server: Server | undefined;

async function serve(...given: [number, unknown][]): Promise<string> {
  answers = given.map(([status, body]) => ({ status, body: typeof body === "string" ? body : JSON.stringify(body) }));
  server ??= createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
    const answer = answers.shift() ?? { status: 500, body: "nothing prepared" };
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
  });
  if (!server.listening) await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
beforeEach(() => {
  seen = [];
});
after(() => server?.close());

it("keeps ids that the server sends as integers", async () => {
  const url = await serve([200, '{"execution_id":478775660589088776,"status":"started"}']);
  const started = await openClient({ url }).executions.start({ path: "a/b", workload: { n: 1 } });
  assert.equal(started.execution_id, "478775660589088776");
  assert.deepEqual(JSON.parse(seen[0]?.body ?? ""), { path: "a/b", workload: { n: 1 }, resource_kind: "playbook" });
  assert.equal(seen[0]?.url, "/api/execute");
});

it("reads failed and cancelled runs of every generation as what they are", async () => {
  const client = openClient({
    url: await serve(
      [200, { execution_id: "1", completed: true, failed: true, current_step: "x" }],
      [200, { execution_id: 2, status: "failed", progress: { total_steps: 3 } }],
      [200, { execution_id: "3", completed: true, failed: false, status: "CANCELLED", is_cancelled: true }],
      [200, { execution_id: "4", completed: false, failed: false }],
    ),
  });
  const found: string[] = [];
  for (const id of ["1", "2", "3", "4"]) found.push((await client.executions.status(id)).status);
  assert.deepEqual(found, ["FAILED", "FAILED", "CANCELLED", "RUNNING"]);
});

it("goes through a gateway with its token", async () => {
  const url = await serve([200, { entries: [{ path: "a", kind: "Playbook" }] }]);
  await openClient({ url, gateway: true, token: "t0" }).catalog.list({ kind: "Playbook" });
  assert.equal(seen[0]?.url, "/noetl/catalog/list");
  assert.equal(seen[0]?.headers.authorization, "Bearer t0");
  assert.equal(seen[0]?.headers["x-session-token"], "t0");
});

it("cli.md §8 #42: a gateway is known by its host, never by the rest of an address, and no host stands against what is set", () => {
  const way = (url: string, gateway?: boolean | "auto") =>
    addressOf({ url, ...(gateway !== undefined && { gateway }) }, "x").replace(/^.*\/(noetl|api)\/x$/, "$1");
  assert.equal(way("https://gateway.example.org"), "noetl");
  assert.equal(way("https://GATEWAY.example.org", "auto"), "noetl");
  assert.equal(way("https://example.org/gateway.v2"), "api");
  assert.equal(way("https://gateway.:secret@example.org"), "api");
  assert.equal(way("https://example.org", true), "noetl");
  assert.equal(way("https://gateway.example.org", false), "api");
});

it("takes the words out of both kinds of error body", async () => {
  const client = openClient({
    url: await serve([404, { detail: "no such playbook" }], [422, { error: "bad", status: 422 }], [401, ""]),
  });
  const errors: string[] = [];
  for (let n = 0; n < 3; n++) {
    await client.catalog
      .get({ path: "x" })
      .catch((error: unknown) => errors.push(isNoetlError(error) ? `${error.meaning}: ${error.message}` : "?"));
  }
  assert.deepEqual(errors, ["not_found: no such playbook", "validation: bad", "auth: the server answered 401"]);
});

it("cli.md §8 #32: repeats what is idempotent and nothing else", async () => {
  const url = await serve([503, {}], [200, { items: [] }], [503, {}]);
  const client = openClient({ url });
  assert.deepEqual(await client.credentials.list(), []);
  assert.equal(seen.length, 2);
  await assert.rejects(client.executions.start({ path: "a", workload: {} }));
  assert.equal(seen.length, 3);
});

it("says that nothing listens", async () => {
  await assert.rejects(
    openClient({ url: "http://127.0.0.1:9" }).executions.start({ path: "a", workload: {} }),
    (error: unknown) => {
      return isNoetlError(error) && error.meaning === "unavailable" && error.message.includes("nothing listens there");
    },
  );
});

it("tells how to start the server that is looked for, if that can be on this machine", async () => {
  const hint = async (url: string) => {
    const error: unknown = await openClient({ url })
      .system.health()
      .catch((thrown: unknown) => thrown);
    return isNoetlError(error) ? error.hint : undefined;
  };
  assert.match((await hint("http://127.0.0.1:9")) ?? "", /noetl server start --port 9,/);
  assert.doesNotMatch((await hint("http://noetl.invalid:8082")) ?? "", /server start/);
});

it("shows query rows whatever their shape", async () => {
  const client = openClient({
    url: await serve(
      [200, { status: "ok", result: [{ a: 1 }, { a: 2 }] }],
      [200, { status: "ok", result: [[1, "x"]], columns: ["n", "t"] }],
      [200, { status: "error", error: "syntax error" }],
    ),
  });
  assert.deepEqual((await client.database.query({ query: "q" })).columns, ["a"]);
  assert.deepEqual((await client.database.query({ query: "q" })).rows, [{ n: 1, t: "x" }]);
  await assert.rejects(client.database.query({ query: "q" }), /syntax error/);
});
