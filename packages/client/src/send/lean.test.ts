import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import * as https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { selfSigned } from "../../../../test/services/certificate.ts";
import { openClient } from "../client.ts";

async function serve(t: TestContext, listener: RequestListener, tls?: { key: string; cert: string }) {
  const server = tls ? https.createServer(tls, listener) : createServer(listener);
  const sockets: Socket[] = [];
  server.on(tls ? "secureConnection" : "connection", (socket: Socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { sockets, url: `${tls ? "https" : "http"}://localhost:${port}` };
}

const lean = (url: string, more: { tls?: { ca: string } } = {}) => openClient({ url, ...more }, { lean: true });

test("one connection serves many requests, with body and query", async (t) => {
  const { url, sockets } = await serve(t, async (request, response) => {
    response.end(JSON.stringify({ url: request.url, method: request.method, body: await text(request) }));
  });
  const { request } = lean(url);
  const query = { a: "ä b", none: undefined, n: 1 };
  assert.deepEqual(await request("x", { query }), { url: "/api/x?a=%C3%A4+b&n=1", method: "GET", body: "" });
  const body = { text: "ü" };
  assert.deepEqual(await request("x", { method: "POST", body }), {
    url: "/api/x",
    method: "POST",
    body: '{"text":"ü"}',
  });
  assert.equal(sockets.length, 1);
});

test("a kept connection that the server closed meanwhile is replaced, also for what is not repeated otherwise", async (t) => {
  let count = 0;
  const { url, sockets } = await serve(t, (request, response) => {
    count += 1;
    // The second request arrives on a connection that ends without an answer.
    if (count === 2) request.socket.destroy();
    else response.end("{}");
  });
  const { request } = lean(url);
  for (let calls = 0; calls < 2; calls++) await request("x", { method: "POST", body: {} });
  assert.deepEqual([count, sockets.length], [3, 2]);
});

test("what lasts too long ends as a time-out, what nobody waits for any more as cancelled", async (t) => {
  const { url, sockets } = await serve(t, () => {});
  const { request } = lean(url);
  await assert.rejects(request("x", { timeoutMs: 300 }), { meaning: "timeout", code: "SERVER_TIMEOUT" });
  const stop = new AbortController();
  const waiting = request("x", { signal: stop.signal });
  setTimeout(() => stop.abort(), 300);
  await assert.rejects(waiting, { meaning: "cancelled" });
  await assert.rejects(request("x", { signal: AbortSignal.abort() }), { meaning: "cancelled" });
  assert.ok(sockets.length >= 2);
});

test("nobody there, and an answer that is cut, mean unavailable", async (t) => {
  await assert.rejects(lean("http://127.0.0.1:1").request("x"), { meaning: "unavailable", code: "SERVER_UNREACHABLE" });
  const { url } = await serve(t, (request, response) => {
    response.writeHead(200, { "content-length": "100" }).write("{");
    setTimeout(() => request.socket.destroy(), 10);
  });
  await assert.rejects(lean(url).request("x"), { meaning: "unavailable" });
});

test("a certificate is trusted when its authority was given, and only then", async (t) => {
  const tls = selfSigned();
  const { url } = await serve(t, (_request, response) => response.end("{}"), tls);
  await assert.rejects(lean(url).request("x"), { meaning: "unavailable" });
  assert.deepEqual(await lean(url, { tls: { ca: tls.cert } }).request("x"), {});
  assert.deepEqual(await openClient({ url, tls: { ca: tls.cert } }).request("x"), {});
});
