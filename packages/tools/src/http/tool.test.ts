import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { JsonObject } from "@noetl/core";
import { selfSigned } from "../../../../test/services/certificate.ts";
import { PAGINATED_HOST, startWeb, type TestWeb } from "../../../../test/services/web.ts";
import { createResources } from "../resources.ts";
import { testHost } from "../testing/call.ts";
import { credential, dataOf, doneOf } from "../testing/outcome.ts";
import type { ToolCall } from "../tool.ts";
import { httpTool } from "./tool.ts";

const resources = createResources();
const servers: Server[] = [];
const certificate = selfSigned();
let web: TestWeb;
let folder: string;

before(async () => {
  web = await startWeb();
  folder = await mkdtemp(join(tmpdir(), "noetl-http-"));
});
after(async () => {
  await resources.close();
  await web.stop();
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  await rm(folder, { recursive: true });
});

interface More extends Partial<Pick<ToolCall, "auth" | "timeout" | "signal">> {
  processEnv?: Record<string, string>;
}
const call = (config: JsonObject, { processEnv = {}, ...rest }: More = {}) =>
  testHost({ resources, processEnv, workingDirectory: folder }).call(config, rest);
const run = (config: JsonObject, more?: More) => doneOf(httpTool.execute(call(config, more)));
const data = (config: JsonObject, more?: More) => dataOf(httpTool.execute(call(config, more)));

async function serve(listener: RequestListener, tls?: { key: string; cert: string }): Promise<string> {
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  servers.push(server as Server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http${tls ? "s" : ""}://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

const bodyOf = async (request: IncomingMessage) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("latin1");
};

test("a request and everything the step sees of its answer", async () => {
  const { status, data, http } = await run({ url: `${web.url}/get`, params: { q: "a&b" }, headers: { "X-One": 1 } });
  const answer = data as JsonObject & { data: JsonObject; headers: JsonObject };
  assert.equal(status, "ok");
  assert.deepEqual(answer.data.args, { q: "a&b" });
  assert.equal((answer.data.headers as JsonObject)["x-one"], "1");
  assert.deepEqual([answer.status_code, answer.body, answer.url], [200, answer.data, `${web.url}/get?q=a%26b`]);
  assert.equal(answer.headers["content-type"], "application/json; charset=utf-8");
  assert.ok(typeof answer.elapsed_ms === "number" && answer.elapsed_ms >= 0);
  assert.equal(http?.status, 200);
});

test("a status outside 2xx is an error that keeps its data", async () => {
  const { status, error, data, http } = await run({
    url: `${web.url}/api/v1/errors`,
    params: { error_type: "429", api_key: "hush" },
  });
  assert.equal(status, "error");
  assert.deepEqual(
    [
      error?.kind,
      error?.code,
      error?.retryable,
      error?.status,
      error?.status_code,
      error?.http_status,
      error?.retry_after,
    ],
    ["rate_limit", "HTTP_429", true, 429, 429, 429, 1],
  );
  assert.deepEqual((data as JsonObject).data, { error: "429", status: 429 });
  assert.equal(http?.status, 429);
  assert.match(
    error?.message ?? "",
    /^HTTP 429 Too Many Requests from GET http:\/\/127\.0\.0\.1:\d+\/api\/v1\/errors: 429$/,
  );
  assert.ok(!error?.message.includes("hush"));
});

test("real names reach the stand-ins through NOETL_HTTP_HOSTS, https too, and keep their Host", async () => {
  const found = await data(
    { url: "https://jsonplaceholder.typicode.com/todos", params: { _limit: 2 } },
    { processEnv: web.env },
  );
  assert.equal((found.data as unknown[]).length, 2);
  assert.equal(found.url, "https://jsonplaceholder.typicode.com/todos?_limit=2");
  const page = await data({ url: `http://${PAGINATED_HOST}/api/v1/assessments` }, { processEnv: web.env });
  assert.equal(((page.data as JsonObject).paging as JsonObject).total, 35);
  assert.equal(web.calls.at(-1)?.headers.host, PAGINATED_HOST);
});

test("plain requests go through a proxy in absolute form, with its credentials", async () => {
  let seen: IncomingMessage | undefined;
  const proxy = await serve((request, response) => {
    seen = request;
    response.end('"proxied"');
  });
  const processEnv = { http_proxy: proxy.replace("//", "//user:secret@"), no_proxy: "localhost" };
  assert.equal((await data({ url: "http://service.invalid/x?y=1" }, { processEnv })).data, "proxied");
  assert.equal(seen?.url, "http://service.invalid/x?y=1");
  assert.equal(seen?.headers["proxy-authorization"], `Basic ${btoa("user:secret")}`);
});

test("https goes through a proxy by CONNECT", async () => {
  const secure = await serve((_, response) => response.end('"inside"'), certificate);
  const { connect } = await import("node:net");
  const targets: string[] = [];
  const proxy = createServer();
  servers.push(proxy);
  proxy.on("connect", (request, socket, head) => {
    targets.push(request.url ?? "");
    const upstream = connect(Number(new URL(secure).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    for (const one of [upstream, socket]) one.on("error", () => one.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  const https_proxy = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const answer = await data({ url: "https://service.invalid/", verify_ssl: false }, { processEnv: { https_proxy } });
  assert.equal(answer.data, "inside");
  assert.deepEqual(targets, ["service.invalid:443"]);
});

test("certificates are checked unless told otherwise, against an authority that may be given", async () => {
  const url = await serve((_, response) => response.end("{}"), certificate);
  const refused = await run({ url });
  assert.deepEqual([refused.error?.kind, refused.error?.code], ["connection", "CONN_TLS"]);
  const plain = (await serve((_, response) => response.end("{}"))).replace("http:", "https:");
  assert.match((await run({ url: plain })).error?.message ?? "", /: TLS failed: there is no TLS on this port$/);
  assert.equal((await run({ url, verify_ssl: "false" })).status, "ok");
  assert.equal((await run({ url, ca_cert: certificate.cert })).status, "ok");
  await writeFile(join(folder, "ca.pem"), certificate.cert);
  assert.equal((await run({ url, ca_cert: "ca.pem" })).status, "ok");
  assert.equal((await run({ url, ca_cert: "missing.pem" })).error?.kind, "configuration");
});

test("redirects are followed, up to ten, or not when told so", async () => {
  const followed = await data({ url: `${web.url}/redirect/3` });
  assert.deepEqual([followed.status_code, followed.url], [200, `${web.url}/get`]);
  const stayed = await run({ url: `${web.url}/redirect/1`, follow_redirects: false });
  assert.deepEqual([stayed.status, stayed.error?.code, stayed.http?.headers.location], ["error", "HTTP_302", "/get"]);
  assert.equal((await run({ url: `${web.url}/redirect/11` })).error?.code, "TOO_MANY_REDIRECTS");
});

test("a redirect to another origin does not carry the credential", async () => {
  const seen: (string | undefined)[] = [];
  const other = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end("{}");
  });
  const first = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(307, { location: other }).end();
  });
  await data({ url: first, method: "POST", json: { a: 1 } }, { auth: credential("bearer", { token: "abc" }) });
  assert.deepEqual(seen, ["Bearer abc", undefined]);
});

test("multipart fields and files", async () => {
  await writeFile(join(folder, "up.txt"), "from a file");
  let received = "";
  const url = await serve(async (request, response) => {
    received = `${request.headers["content-type"]}\n${await bodyOf(request)}`;
    response.end("{}");
  });
  await data({
    url,
    method: "POST",
    headers: { "Content-Type": "multipart/form-data" },
    body: {
      name: "x",
      file: { path: "up.txt" },
      raw: { base64: btoa("bytes"), filename: "r.bin", content_type: "application/x-r" },
    },
  });
  const boundary = /boundary=(\S+)/.exec(received)?.[1] ?? "none";
  assert.equal(received.split(`--${boundary}`).length, 5);
  assert.match(received, /name="name"\r\n\r\nx\r\n/);
  assert.match(received, /name="file"; filename="up\.txt"[\s\S]*from a file/);
  assert.match(received, /filename="r\.bin"\r\nContent-Type: application\/x-r\r\n\r\nbytes/);
});

test("answers without a body, and HEAD", async () => {
  const none = await data({ url: `${web.url}/status/204`, method: "DELETE" });
  assert.deepEqual([none.status_code, none.data], [204, null]);
  const head = await data({ url: `${web.url}/posts`, method: "head" });
  assert.deepEqual([head.data, Number((head.headers as JsonObject)["content-length"]) > 0], [null, true]);
});

test("compressed bodies are read, broken ones are an error", async () => {
  const url = await serve((request, response) => {
    const text = JSON.stringify({ ok: "é".repeat(1000) });
    const encoding = request.url?.slice(1) ?? "";
    response.setHeader("content-encoding", encoding === "broken" ? "gzip" : encoding);
    response.end(
      encoding === "br" ? brotliCompressSync(text) : encoding === "gzip" ? gzipSync(text) : "no gzip at all",
    );
  });
  for (const encoding of ["gzip", "br"])
    assert.equal(((await data({ url: `${url}/${encoding}` })).data as { ok: string }).ok.length, 1000);
  const broken = await run({ url: `${url}/broken` });
  assert.deepEqual([broken.error?.kind, broken.error?.code], ["parse", "RESPONSE_INVALID"]);
});

test("a body over the limit is refused while it comes, also when it only unpacks to that", async () => {
  let sent = 0;
  const url = await serve((request, response) => {
    if (request.url === "/bomb") {
      response.setHeader("content-encoding", "gzip");
      return void response.end(gzipSync(Buffer.alloc(20_000_000)));
    }
    const chunk = Buffer.alloc(1_000_000, "x");
    const more = () => {
      while (!response.destroyed) {
        sent += chunk.length;
        if (!response.write(chunk)) return;
      }
    };
    response.on("drain", more);
    more();
  });
  for (const path of ["/endless", "/bomb"]) {
    const { error } = await run({ url: `${url}${path}`, max_response_bytes: 2_000_000 });
    assert.deepEqual([error?.kind, error?.code, error?.retryable], ["limit", "RESPONSE_TOO_LARGE", false]);
  }
  assert.ok(sent < 100_000_000);
});

test("save_to streams the body into a file, whole or not at all", async () => {
  const url = await serve((request, response) => {
    response.write(Buffer.alloc(3_000_000, "x"));
    if (request.url === "/cut") setTimeout(() => response.destroy(), 20);
    else response.end("end");
  });
  const saved = (await data({ url, save_to: "out/body.bin" })).data as JsonObject;
  assert.equal(saved.size, 3_000_003);
  assert.equal((await readFile(String(saved.path))).length, 3_000_003);
  const cut = await run({ url: `${url}/cut`, save_to: "out/cut.bin" });
  assert.equal(cut.error?.kind, "connection");
  assert.deepEqual(await readdir(join(folder, "out")), ["body.bin"]);
});

test("what fails before an answer has a kind and a code", async () => {
  const closing = createTcpServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => closing.listen(0, "127.0.0.1", resolve));
  const address = closing.address();
  const port = typeof address === "object" ? address?.port : 0;
  const cases: [JsonObject, string, string][] = [
    [{ url: "http://127.0.0.1:1/" }, "connection", "CONN_REFUSED"],
    [{ url: "http://no-such-host.invalid/" }, "connection", "CONN_DNS"],
    [{ url: `http://127.0.0.1:${port}/` }, "connection", "CONN_RESET"],
    [{ url: "not an address" }, "configuration", "CONFIG_INVALID"],
    [{}, "configuration", "CONFIG_INVALID"],
  ];
  for (const [config, kind, code] of cases) {
    const { status, error } = await run(config);
    assert.deepEqual(
      [status, error?.kind, error?.code, error?.retryable],
      ["error", kind, code, kind === "connection"],
    );
  }
  closing.close();
  const unusable = await run({ url: web.url }, { auth: credential("bearer", {}) });
  assert.deepEqual([unusable.error?.kind, unusable.error?.retryable], ["auth", false]);
});

test("a slow answer and a slow body time out, an abort cancels", async () => {
  const url = await serve((request, response) => {
    if (request.url === "/body") response.write("{");
  });
  for (const path of ["/headers", "/body"]) {
    const late = await run({ url: `${url}${path}` }, { timeout: { total: 100 } });
    assert.deepEqual([late.status, late.error?.kind, late.error?.code], ["timeout", "timeout", "TOOL_TIMEOUT"]);
  }
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  assert.equal((await run({ url }, { signal: controller.signal })).error?.kind, "cancelled");
});

test("connections are kept and used again; one that was closed meanwhile does no harm", async () => {
  let connections = 0;
  const url = await serve((_, response) => response.end("{}"));
  const server = servers.at(-1);
  server?.on("connection", () => connections++);
  for (let i = 0; i < 8; i++) await data({ url });
  assert.ok(connections <= 2, `${connections} connections`);
  server?.closeAllConnections();
  assert.equal((await run({ url })).status, "ok");
});

test("mocking happens only when asked for", async () => {
  const mocked = await data(
    { url: "http://service.local/x", method: "POST", json: { a: 1 } },
    { processEnv: { NOETL_HTTP_MOCK_LOCAL: "true" } },
  );
  assert.deepEqual([(mocked.data as JsonObject).mocked, (mocked.data as JsonObject).payload], [true, { a: 1 }]);
  assert.equal((await run({ url: "http://service.local/x" }, { processEnv: { NOETL_DEBUG: "true" } })).status, "error");
});
