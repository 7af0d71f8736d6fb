import assert from "node:assert/strict";
import test from "node:test";
import { decode } from "./decode.ts";
import { kindOfStatus, retryAfter } from "./errors.ts";
import { readHosts } from "./hosts.ts";
import { proxyFor } from "./proxy.ts";
import { redirected } from "./redirect.ts";
import { type HttpRequest, readRequest } from "./request.ts";
import type { HttpConfig } from "./tool.ts";

const request = (config: HttpConfig, auth = {}): HttpRequest => readRequest(config, auth, "/");

test("the kind of every status", () => {
  const kinds = [302, 400, 401, 403, 404, 408, 418, 425, 429, 500, 503].map(kindOfStatus);
  assert.equal(
    kinds.join(),
    "client_error,client_error,auth,auth,not_found,timeout,client_error,timeout,rate_limit,server_error,server_error",
  );
});

test("Retry-After is seconds, given as a number or a date", () => {
  const now = Date.parse("2024-01-01T00:00:00Z");
  assert.deepEqual(
    ["7", "Mon, 01 Jan 2024 00:01:00 GMT", "Sun, 31 Dec 2023 00:00:00 GMT", "soon", undefined].map((text) =>
      retryAfter(text, now),
    ),
    [7, 60, 0, undefined, undefined],
  );
});

test("the environment names the proxy as curl reads it", () => {
  const env = {
    http_proxy: "proxy:3128",
    HTTPS_PROXY: "http://tls:1",
    no_proxy: "localhost, .internal, example.com:8080,10.0.0.1",
  };
  const proxy = (url: string) => proxyFor(new URL(url), env);
  assert.equal(proxy("http://a.b/"), "http://proxy:3128");
  assert.equal(proxy("https://a.b/"), "http://tls:1");
  for (const url of ["http://localhost:1/", "https://x.internal/", "http://example.com:8080/", "http://10.0.0.1/"])
    assert.equal(proxy(url), undefined);
  assert.notEqual(proxy("http://example.com/"), undefined);
  assert.notEqual(proxy("http://notinternal/"), undefined);
  assert.equal(proxyFor(new URL("http://a/"), { http_proxy: "p", no_proxy: "*" }), undefined);
  assert.equal(proxyFor(new URL("https://a/"), { ALL_PROXY: "http://p:1" }), "http://p:1");
});

test("hosts are sent elsewhere by name, or by name and port", () => {
  const hosts = readHosts("api.example.com=http://127.0.0.1:1, db.local:5555=https://stand-in:2/");
  assert.equal(hosts.origin(new URL("https://API.example.com/x")), "http://127.0.0.1:1");
  assert.equal(hosts.origin(new URL("http://db.local:5555/")), "https://stand-in:2");
  assert.equal(hosts.origin(new URL("http://db.local/")), undefined);
  assert.throws(() => readHosts("nonsense"), /NOETL_HTTP_HOSTS/);
});

test("the first body form that is present is sent", () => {
  const sent = (config: Partial<HttpConfig>) => {
    const { body, headers, url } = request({ url: "http://h/p?a=1", method: "POST", ...config });
    return [body !== undefined && "text" in body ? body.text : undefined, headers["content-type"], url.search];
  };
  assert.deepEqual(sent({ json: { a: 1 }, form: { b: 2 }, data: { c: 3 } }), ['{"a":1}', "application/json", "?a=1"]);
  assert.deepEqual(sent({ form: { b: 2, n: null, l: [1] }, body: "x" }), [
    "b=2&l=%5B1%5D",
    "application/x-www-form-urlencoded",
    "?a=1",
  ]);
  assert.deepEqual(sent({ body: "plain", data: { c: 3 } }), ["plain", "text/plain; charset=utf-8", "?a=1"]);
  assert.deepEqual(sent({ body: '{"a": 1}' }), ['{"a": 1}', "application/json", "?a=1"]);
  assert.deepEqual(sent({ body: "<a/>", headers: { "Content-Type": "text/xml" } }), ["<a/>", "text/xml", "?a=1"]);
  assert.deepEqual(sent({ data: { c: [3] }, payload: { d: 4 } }), ['{"c":[3]}', "application/json", "?a=1"]);
  assert.deepEqual(sent({ data: { c: 3 }, headers: { "content-type": "application/x-www-form-urlencoded" } }), [
    "c=3",
    "application/x-www-form-urlencoded",
    "?a=1",
  ]);
  assert.deepEqual(sent({ data: { query: { q: 1 }, body: { b: 2 } } }), ['{"b":2}', "application/json", "?a=1&q=1"]);
  assert.deepEqual(sent({ data: { query: "{ users }" } }), ['{"query":"{ users }"}', "application/json", "?a=1"]);
  assert.deepEqual(sent({ method: "GET", data: { c: 3 }, payload: { d: true } }), [
    undefined,
    undefined,
    "?a=1&c=3&d=true",
  ]);
  assert.deepEqual(sent({ method: "GET", json: { a: 1 } }), ['{"a":1}', "application/json", "?a=1"]);
  assert.deepEqual(sent({ method: "DELETE", data: { c: 3 } }), ['{"c":3}', "application/json", "?a=1"]);
});

test("query values: scalars as text, null left out, containers as JSON, for every method", () => {
  const { url } = request({
    url: "http://h/?z=1",
    method: "PUT",
    params: { a: "x y", b: null, c: [1, "2"], d: { e: 1 }, f: false },
  });
  assert.deepEqual(
    [...url.searchParams],
    [
      ["z", "1"],
      ["a", "x y"],
      ["c", '[1,"2"]'],
      ["d", '{"e":1}'],
      ["f", "false"],
    ],
  );
});

test("what is no request is refused with its reason, without the query", () => {
  for (const [config, message] of [
    [{ url: "/relative?token=abc" }, /must begin with http/],
    [{ url: "ftp://h/" }, /ftp:/],
    [{ url: "http://h/", method: "G E T" }, /not a method/],
    [{ url: "http://h/", headers: { a: "x\r\nInjected: 1" } }, /line break/],
    [{ url: "http://h/", headers: { "bad name": "x" } }, /not a header name/],
  ] as [HttpConfig, RegExp][]) {
    assert.throws(
      () => request(config),
      (error: Error) => message.test(error.message) && !error.message.includes("abc"),
    );
  }
});

test("credentials of every kind, which win over the step's own headers", () => {
  const headers = (type: string, data: Record<string, string>) =>
    request(
      { url: "http://h/", headers: { Authorization: "mine", "x-api-key": "mine" } },
      { default: { name: "c", type, data } },
    );
  assert.equal(headers("bearer_token", { access_token: "t" }).headers.authorization, "Bearer t");
  assert.equal(headers("oauth2", { token: "t" }).headers.authorization, "Bearer t");
  assert.equal(headers("basic", { user: "u", password: "p:w" }).headers.authorization, `Basic ${btoa("u:p:w")}`);
  assert.equal(headers("api_key", { api_key: "k" }).headers["x-api-key"], "k");
  assert.equal(headers("api_key", { key: "k", header: "X-Other" }).headers["x-other"], "k");
  assert.equal(headers("api_key", { key: "k", param: "key" }).url.search, "?key=k");
  assert.equal(headers("header", { "X-One": "1" }).headers["x-one"], "1");
  assert.equal(headers("none", {}).headers.authorization, "mine");
  assert.equal(request({ url: "http://us%40er:pw@h/" }).headers.authorization, `Basic ${btoa("us@er:pw")}`);
  assert.throws(() => headers("postgres", { host: "h" }), /holds no token/);
  assert.throws(() => headers("bearer", { token: "" }), /has no `token`/);
});

test("redirects keep or change the method, and secrets stay with their origin", () => {
  const first = request(
    { url: "http://a/x", method: "POST", json: {}, headers: { cookie: "c" } },
    { default: { name: "k", type: "api_key", data: { key: "k" } } },
  );
  const see = redirected(first, 303, "/y");
  assert.deepEqual(
    [see?.method, see?.body, see?.url.href, see?.headers["content-type"], see?.headers["x-api-key"]],
    ["GET", undefined, "http://a/y", undefined, "k"],
  );
  const other = redirected(first, 307, "http://b/");
  assert.deepEqual(
    [other?.method, other?.body === first.body, other?.headers["x-api-key"], other?.headers.cookie],
    ["POST", true, undefined, undefined],
  );
  assert.equal(redirected(first, 302, "file:///etc/passwd"), undefined);
  assert.equal(redirected(first, 304, "/y"), undefined);
});

test("bodies become JSON, text or base64", () => {
  const bytes = (text: string, encoding?: BufferEncoding) => Buffer.from(text, encoding);
  assert.deepEqual(decode(bytes('{"id":9007199254740993}'), "text/plain", undefined), { id: "9007199254740993" });
  assert.equal(decode(bytes('{"a":1}'), "application/json", "text"), '{"a":1}');
  assert.equal(decode(bytes("not json"), "application/json", "json"), "not json");
  assert.equal(decode(bytes("caf\xe9", "latin1"), "text/html; charset=ISO-8859-1", undefined), "café");
  assert.equal(decode(bytes("x"), "text/plain; charset=unheard-of", undefined), "x");
  assert.deepEqual(decode(bytes("ff00", "hex"), "image/png", undefined), { base64: "/wA=", size: 2 });
  assert.deepEqual(decode(bytes("abc"), "text/plain", "binary"), { base64: "YWJj", size: 3 });
  assert.equal(decode(bytes(""), undefined, undefined), "");
});
