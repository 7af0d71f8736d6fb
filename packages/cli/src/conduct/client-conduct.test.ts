import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { answeringServer, cli, REPOSITORY, temporaryFolder } from "@noetl/sdk/testing";
import { aliases, commands } from "../commands.ts";
import { routeOf } from "./route.ts";

/** One command line for every command that asks a server. */
const ASKING: readonly string[][] = [
  ["status"],
  ["status", "1"],
  ["cancel", "1"],
  ["cleanup", "--yes"],
  ["execute", "playbook", "a"],
  ["execute", "rerun", "1"],
  ["executions", "list"],
  ["executions", "get", "1"],
  ["executions", "events", "1"],
  ["executions", "logs", "1"],
  ["executions", "watch", "1"],
  ["register", "playbook", "-"],
  ["register", "credential", "-"],
  ["catalog", "register", "-"],
  ["catalog", "get", "a"],
  ["catalog", "list"],
  ["catalog", "diff", "a"],
  ["catalog", "delete", "a", "--yes"],
  ["credential", "list", "--remote"],
  ["credential", "get", "a", "--remote"],
  ["credential", "register", "-", "--remote"],
  ["credential", "rotate", "--remote"],
  ["credential", "delete", "a", "--remote", "--yes"],
  ["query", "SELECT 1"],
  ["db", "init"],
  ["db", "validate"],
  ["db", "status"],
  ["worker", "list"],
  ["tui"],
  ["run", "a/b"],
];
const PLAYBOOK =
  "apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: p}\nworkflow: [{step: start, tool: {kind: noop}}]";

const CREDENTIAL = '{"name": "a", "type": "generic", "data": {"b": 1}}';
const inputOf = (args: readonly string[]) => (args.includes("credential") ? CREDENTIAL : PLAYBOOK);

/** A few at a time: the machine has other things to do. */
async function each(lines: readonly string[][], work: (args: string[]) => Promise<void>): Promise<void> {
  const left = [...lines];
  const one = async () => {
    for (let args = left.shift(); args; args = left.shift()) await work(args);
  };
  await Promise.all([one(), one(), one()]);
}

test("every command that asks a server has its line here", () => {
  const files = globSync("packages/*/src/commands/**/*.ts", { cwd: REPOSITORY });
  const asking = files.filter((file) => readFileSync(join(REPOSITORY, file), "utf8").includes("this.connect("));
  const ids = asking.map((file) =>
    file
      .replace(/^.*[\\/]commands[\\/]/, "")
      .replace(/\.ts$/, "")
      .replaceAll(/[\\/]/g, ":"),
  );
  const known = { ids: new Set(Object.keys(commands)), aliases };
  const lines = ASKING.map((args) => routeOf(args, known)).map((route) => ("id" in route ? route.id : ""));
  // Those that make the session and try it have tests of their own.
  assert.deepEqual([...new Set([...lines, "auth:login", "context:test"])].sort(), ids.sort());
});

test("cli.md §8 #29: what a server cannot do is never a success", async (t) => {
  const home = await temporaryFolder(t);
  const routes = Object.fromEntries(
    ["GET", "POST", "DELETE"].map((method) => [`${method} /*`, [500, { detail: "the database is away" }] as const]),
  );
  const server = await answeringServer(t, routes);
  const reading = ["status", "executions", "catalog", "credential", "db", "worker"];
  const lines = ASKING.filter(
    ([word = "", verb = ""]) => reading.includes(word) && !/^(events|logs|watch|diff|delete|init)$/.test(verb),
  );
  await each(lines, async (args) => {
    const options = { home, env: { NOETL_SERVER_URL: server.url }, input: inputOf(args) };
    const { code, stdout, stderr } = await cli(args, options);
    assert.ok(code === 1 || code === 4, `${args.join(" ")}: ${code}`);
    assert.match(stdout + stderr, /the database is away/, args.join(" "));
  });
});

test("cli.md §8 #30, §9.10: 401 on any command exits 77 and names the login of the context", async (t) => {
  const home = await temporaryFolder(t);
  const routes = Object.fromEntries(["GET", "POST", "DELETE"].map((method) => [`${method} /*`, [401, {}] as const]));
  const server = await answeringServer(t, routes);
  await cli(["context", "add", "prod", "--server-url", server.url], { home });
  await each(ASKING, async (args) => {
    const { code, stdout } = await cli([...args, "--json"], { home, input: inputOf(args) });
    assert.equal(code, 77, args.join(" "));
    const { error } = JSON.parse(stdout) as { error: { exit: number; hint: string } };
    assert.equal(error.exit, 77);
    assert.match(error.hint, /noetl auth login --context prod/, args.join(" "));
  });
});

test("cli.md §9.10: 404 exits 3, and a port where nobody listens 4", async (t) => {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, {});
  const naming = ASKING.filter(([, name]) => name === "1" || name === "a").concat([
    ["status", "1"],
    ["catalog", "get", "a"],
    ["executions", "get", "1"],
  ]);
  await each(naming, async (args) => {
    assert.equal((await cli([...args, "--server-url", server.url], { home })).code, 3, args.join(" "));
  });
  await each([["status"], ["execute", "playbook", "a"], ["query", "SELECT 1"]], async (args) => {
    const { code, stderr } = await cli([...args, "--server-url", "http://127.0.0.1:9"], { home });
    assert.equal(code, 4, args.join(" "));
    assert.match(stderr, /nothing listens there[\s\S]*server start/);
  });
});

test("cli.md §8 #32: a server that never answers is given up", async (t) => {
  const home = await temporaryFolder(t);
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  t.after(() => silent.close());
  const address = silent.address();
  const port = String(typeof address === "object" && address !== null ? address.port : 0);
  const { code, stderr } = await cli(["execute", "playbook", "a", "--port", port, "--request-timeout", "200ms"], {
    home,
  });
  assert.equal(code, 4);
  assert.match(stderr, /did not answer in time/);
  const env = { NOETL_HTTP_TIMEOUT_MS: "200" };
  assert.equal((await cli(["execute", "playbook", "a", "--port", port], { home, env })).code, 4);
});

test("cli.md §8 #37, §9.1: global flags reach the same server from every position", async (t) => {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, { "GET /api/executions/5/status": [200, { status: "RUNNING" }] });
  const port = String(server.port);
  for (const args of [
    ["--host", "127.0.0.1", "--port", port, "status", "5"],
    ["status", "5", "--host", "127.0.0.1", "-p", port],
    ["status", "--port", port, "5", "--host=127.0.0.1"],
    ["status", "5", "--server-url", `http://127.0.0.1:${port}/`],
  ]) {
    assert.equal((await cli(args, { home })).code, 0, args.join(" "));
  }
  assert.deepEqual(
    server.seen.map(({ path }) => path),
    Array(4).fill("/api/executions/5/status"),
  );
});

test("--gateway and --session-token go along with the request", async (t) => {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, { "GET /noetl/executions/5/status": [200, { status: "RUNNING" }] });
  const args = ["--gateway", "--session-token", "t0", "status", "5", "--server-url", server.url];
  assert.equal((await cli(args, { home })).code, 0);
  assert.equal(server.seen[0]?.headers.authorization, "Bearer t0");
  const without = await cli(["status", "5", "--server-url", server.url], { home, env: { NOETL_USE_GATEWAY: "1" } });
  assert.match(without.stderr, /without a session/);
});
