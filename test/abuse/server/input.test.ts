import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Attacked, attacked } from "./attacked.ts";

const playbook = (path: string, result = "fine") =>
  `apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: p, path: ${JSON.stringify(path)}}\nworkflow:\n  - step: start\n    tool: {kind: noop, result: ${JSON.stringify(result)}}\n`;

interface Operation {
  method: string;
  path: string;
}

describe("hostile input to a server", () => {
  let server: Attacked;
  let operations: Operation[] = [];
  before(async () => {
    server = await attacked({ NOETL_INTERNAL_API_TOKEN: "inner" });
    const { paths } = JSON.parse((await server.call("GET", "/api/openapi.json")).text) as { paths: object };
    operations = Object.entries(paths as { [path: string]: object }).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
    assert.ok(operations.length > 50, `${operations.length} operations`);
    assert.equal((await server.call("POST", "/api/catalog/register", { content: playbook("plain") })).status, 200);
  });
  after(() => server.close());

  const internal = { authorization: "Bearer inner" };

  /** It was refused, as JSON, by whoever is responsible; nothing of the inside shows. */
  function refused(what: string, { status, text }: { status: number; text: string }, least = 400): void {
    assert.ok(status >= least && status < 500, `${what}: ${status} ${text.slice(0, 300)}`);
    assert.doesNotMatch(text, /\n\s+at |node_modules|SQLITE|syntax error at/, what);
  }

  /** Sends a body that says not how long it is until there is an answer; hanging up is one, too. */
  async function streamed(method: string, path: string, size: number): Promise<number> {
    const head = `${method} ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
    const socket = server.socket(`${head}transfer-encoding: chunked\r\n\r\n`);
    let status: number | undefined;
    const answered = new Promise<void>((resolve) => {
      socket.once("data", (data) => {
        status = Number(/^HTTP\/1\.1 (\d+)/.exec(String(data))?.[1]);
        resolve();
      });
      socket.once("close", () => resolve());
    });
    const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(0x10000, "x"), Buffer.from("\r\n")]);
    for (let sent = 0; sent < size && status === undefined && !socket.destroyed; sent += 0x10000) {
      if (!socket.write(chunk)) await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), answered]);
    }
    if (!socket.destroyed) await answered;
    socket.destroy();
    return status ?? 413;
  }

  test("bodies of 100 MB, announced and not", async () => {
    const size = 100 * 2 ** 20;
    for (const path of ["/api/execute", "/api/catalog/register", "/api/result/1", "/api/events/batch"]) {
      const method = path.includes("result") ? "PUT" : "POST";
      const announced = server.socket(
        `${method} ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${size}\r\n\r\n`,
      );
      const answer = await new Promise<string>((resolve) => announced.once("data", (data) => resolve(String(data))));
      assert.match(answer, /^HTTP\/1\.1 413 /, path);
      assert.equal(await streamed(method, path, size), 413, path);
    }
    await server.alive();
  });

  test("a hundred thousand levels, of JSON and of YAML", async () => {
    const levels = 100_000;
    for (const deep of [
      "[".repeat(levels) + "]".repeat(levels),
      '{"a":'.repeat(levels) + 1 + "}".repeat(levels),
      "[".repeat(levels),
      `[${"12345678901234567890,".repeat(1_000)}${"[".repeat(levels)}${"]".repeat(levels)}]`,
    ]) {
      for (const body of [deep, `{"path":"plain","payload":{"deep":${deep}}}`, `{"content":${deep}}`])
        refused("deep JSON", await server.call("POST", "/api/execute", body));
    }
    const yaml = `${playbook("deep")}workload: {d: ${"[".repeat(levels)}${"]".repeat(levels)}}\n`;
    refused("deep YAML", await server.call("POST", "/api/catalog/register", { content: yaml }));
    await server.alive();
  });

  test("a payload of a thousand levels runs, or is refused; the next one runs", async () => {
    const deep = JSON.parse("[".repeat(1_000) + "]".repeat(1_000));
    const { status, text } = await server.call("POST", "/api/execute", { path: "plain", payload: { deep } });
    assert.ok([200, 400, 422].includes(status), text);
    assert.equal((await server.run("plain")).status, "COMPLETED");
  });

  test("values of a wrong type, everywhere", async () => {
    const odd: unknown[] = [null, [], [[]], "text", 1, -1.5, true, {}, { path: {} }, { path: ["plain"], payload: "x" }];
    const names = ["path", "execution_id", "name", "event_id", "worker_id", "query", "content", "events", "data", "id"];
    for (const value of [null, {}, [], -1, 1e300, "", "\u0000", "x".repeat(10_000)])
      odd.push(Object.fromEntries(names.map((name) => [name, value])));
    for (const { method, path } of operations) {
      if (method === "GET" || path.includes("shutdown")) continue;
      const address = path.replaceAll(/\{[^}]+\}/g, "1");
      for (const value of odd) {
        // Who asks for commands is kept waiting.
        const body = path.endsWith("/poll") ? { ...(typeof value === "object" ? value : {}), wait_ms: 1 } : value;
        const { status, text } = await server.call(method, address, body, internal);
        assert.ok(
          status < 500 || status === 503,
          `${method} ${address} ${JSON.stringify(body).slice(0, 80)}: ${status} ${text}`,
        );
      }
      // Those take bytes of any kind (server-api §1.4).
      if (/^\/api\/internal\/(objects|plugins)/.test(path)) continue;
      refused(`${method} ${path} of no JSON`, await server.call(method, address, "{nonsense", internal));
    }
    await server.alive();
  });

  test("addresses and queries that are none", async () => {
    const odd = [
      "%00",
      "..%2f..%2fetc%2fpasswd",
      "%ff%fe",
      "'",
      "1'%20OR%20'1'='1",
      "-1",
      "1e9",
      "9".repeat(400),
      "{}",
    ];
    for (const { method, path } of operations) {
      if (method !== "GET" || path.includes("stream")) continue;
      for (const value of odd) {
        const address = path.replaceAll(/\{[^}]+\}/g, value);
        const query = `?page=${value}&page_size=${value}&status=${value}&path=${value}&since_event_id=${value}&ref=${value}`;
        for (const target of [address, address + query]) {
          const { status, text } = await server.raw(method, target, internal);
          assert.ok(status < 500 || status === 503, `${method} ${target.slice(0, 200)}: ${status} ${text}`);
          assert.doesNotMatch(text, /root:.*:0:0:/);
        }
      }
    }
    await server.alive();
  });

  test("paths that lead elsewhere", async () => {
    const up = [
      "../../../../etc/passwd",
      "..%2f..%2f..%2f..%2fetc%2fpasswd",
      "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
      "....//etc/passwd",
    ];
    for (const trick of up) {
      for (const target of [
        `/${trick}`,
        `/api/${trick}`,
        `/api/internal/objects/${trick}`,
        `/api/result/1/${trick}`,
        `/api/result/resolve?ref=noetl://execution/1/result/${trick}/1`,
        `/api/catalog/${trick}/ui_schema`,
      ]) {
        const { status, text } = await server.raw("GET", target, internal);
        assert.ok(status >= 400 && status < 500, `${target}: ${status} ${text}`);
        assert.doesNotMatch(text, /root:.*:0:0:/);
      }
    }
    // In a name it is a name: found under it, and no file.
    const path = "../../../../tmp/noetl-escaped";
    const registered = await server.call("POST", "/api/catalog/register", { content: playbook(path) });
    if (registered.status === 200) assert.equal((await server.run(path)).status, "COMPLETED");
    else refused(path, registered);
  });

  test("SQL in names is a name", async () => {
    const names = [
      "x'; DROP TABLE event; --",
      'x"; DELETE FROM catalog; --',
      "' OR '1'='1",
      "x\\'; --",
      "%",
      "$1 ?1 :a",
    ];
    for (const name of names) {
      const registered = await server.call("POST", "/api/catalog/register", { content: playbook(name, name) });
      assert.equal(registered.status, 200, registered.text);
      const { id, status } = await server.run(name);
      assert.equal(status, "COMPLETED");
      const listed = await server.call("GET", `/api/executions?path=${encodeURIComponent(name)}`);
      assert.ok(listed.text.includes(id), name);
      const credential = { name, type: "generic", data: { token: "t" } };
      assert.equal((await server.call("POST", "/api/credentials", credential)).status, 200);
      const found = await server.call("GET", `/api/credentials/${encodeURIComponent(name)}`);
      assert.equal((JSON.parse(found.text) as { name: string }).name, name);
      const kept = await server.call("POST", `/api/vars/${id}`, { variables: { [name]: name } });
      assert.ok(kept.status < 500, kept.text);
    }
    const nobody = await server.call("GET", `/api/executions?status=${encodeURIComponent("' OR 1=1 --")}`);
    assert.ok(nobody.text === "[]" || nobody.status === 422, nobody.text.slice(0, 200));
    assert.equal((await server.run("plain")).status, "COMPLETED");
  });

  test("ids beyond 2^53 and beyond 2^63 are nobody's", async () => {
    // The neighbour that a JavaScript number would take it for; one id of 64 has none.
    let rounded: bigint;
    let id: string;
    do {
      ({ id } = await server.run("plain"));
      rounded = BigInt(Number(id));
    } while (String(rounded) === id);
    for (const other of [
      String(rounded),
      "9007199254740993",
      "9223372036854775807",
      "9223372036854775808",
      "1".repeat(60),
    ]) {
      for (const rest of ["", "/status", "/events", "/cancellation-check"])
        refused(other + rest, await server.call("GET", `/api/executions/${other}${rest}`));
      const event = `{"execution_id":${other},"event_type":"call.done","step":"start","payload":{}}`;
      refused(event, await server.call("POST", "/api/events", event));
      refused(other, await server.call("POST", `/api/commands/${other}/claim`, { worker_id: "w" }));
    }
    const exact = await server.call("POST", `/api/executions/cleanup`, `{"older_than_minutes": 1, "dry_run": true}`);
    assert.equal(exact.status, 200);
    const number = await server.call("POST", "/api/execute", `{"path":"plain","parent_execution_id":${id}}`);
    assert.equal(number.status, 200, number.text);
  });
});
