import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { answeringServer, cli, temporaryFolder } from "@noetl/sdk/testing";
import { tunnelOf } from "./port-forward.ts";

async function setUp(t: Parameters<typeof temporaryFolder>[0]) {
  const home = await temporaryFolder(t);
  const config = join(home, "data/config.yaml");
  return { home, ask: (...args: string[]) => cli(args, { home }), text: () => readFile(config, "utf8"), config };
}

test("cli.md §8 #41: contexts are added, listed in order, used and deleted", async (t) => {
  const { ask } = await setUp(t);
  assert.equal((await ask("context", "add", "prod", "--server-url", "https://p.example.org/")).code, 0);
  await ask("context", "add", "dev", "--server-url", "http://localhost:8082", "--runtime", "local");
  const list = await ask("context", "list");
  assert.match(
    list.stdout,
    /^ +NAME.*\n +dev +http:\/\/localhost:8082 +local .*\n\* +prod +https:\/\/p.example.org +auto/,
  );
  assert.equal((await ask("context", "use", "dev")).code, 0);
  assert.match(
    (await ask("context", "current")).stdout,
    /^dev \(current\)\n {2}Server +http:\/\/localhost:8082\n {2}Runtime +local/,
  );
  assert.equal((await ask("context", "use", "nix")).code, 3);
  assert.equal((await ask("context", "rename", "prod", "live")).code, 0);
  assert.equal((await ask("context", "list", "-o", "name")).stdout, "dev\nlive\n");
});

test("cli.md §8 #41: deleting the current context asks, and an update changes one field only", async (t) => {
  const { ask, text } = await setUp(t);
  await ask("context", "add", "a", "--server-url", "http://a:1", "--auth0-domain", "d.example.org");
  await ask("context", "add", "b", "--server-url", "http://b:1");
  const refused = await ask("context", "delete", "a");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /--yes/);
  assert.equal((await ask("context", "delete", "b")).code, 0);
  assert.equal((await ask("context", "update", "a", "--runtime", "distributed", "--kube-remote-port", "80")).code, 0);
  assert.match(
    await text(),
    /gateway_auth0_domain: d\.example\.org\n {4}kube_remote_port: 80\n {4}runtime: distributed/,
  );
  await ask("context", "update", "a", "--auth0-domain", "", "--kube-remote-port", "0");
  assert.doesNotMatch(await text(), /auth0_domain|kube/);
  assert.equal((await ask("context", "update", "a")).code, 2);
  assert.equal((await ask("context", "update", "nix", "--runtime", "auto")).code, 3);
  assert.equal((await ask("context", "delete", "a", "--yes")).code, 0);
  assert.equal(await text(), "contexts: {}\n");
});

test("cli.md §8 #15: after a change of context nothing of the old one goes to the new one, and what was set up stays", async (t) => {
  const { ask, config, home } = await setUp(t);
  const routes = { "POST /api/catalog/register": [200, { path: "p", version: 1 }] } as const;
  const [old, next] = await Promise.all([answeringServer(t, routes), answeringServer(t, routes)]);
  await ask("context", "add", "old", "--server-url", old.url, "--runtime", "distributed");
  await writeFile(
    config,
    (await readFile(config, "utf8")).replace("runtime:", "gateway_session_token: t-old\n    runtime:"),
  );
  await ask("context", "add", "next", "--server-url", next.url);
  await writeFile(
    join(home, "p.yaml"),
    "apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: p}\nworkflow: [{step: start, tool: {kind: noop}}]",
  );
  const register = () => ask("register", "playbook", "p.yaml");
  const sent = () => [old, next].map(({ seen }) => seen.map(({ headers }) => headers["x-session-token"]));

  assert.equal((await register()).code, 0);
  assert.deepEqual(sent(), [["t-old"], []]);
  await ask("context", "use", "next");
  assert.equal((await register()).code, 0);
  assert.deepEqual(sent(), [["t-old"], [undefined]]);
  const runtime = async () =>
    (JSON.parse((await ask("context", "current", "--json")).stdout) as { context: { runtime: string } }).context
      .runtime;
  assert.equal(await runtime(), "auto");
  await ask("context", "use", "old");
  assert.equal(await runtime(), "distributed");
  assert.equal((await register()).code, 0);
  assert.deepEqual(sent(), [["t-old", "t-old"], [undefined]]);
});

test("cli.md §9.1: --context is for one command, an address has to be one, a gateway is a property", async (t) => {
  const { ask, text } = await setUp(t);
  await ask("context", "add", "a", "--server-url", "http://a:1");
  await ask("context", "add", "b", "--server-url", "http://b:1", "--gateway");
  assert.match(await text(), /b:\n {4}gateway: true/);
  const named = await ask("--context", "b", "context", "current", "--json");
  assert.equal((JSON.parse(named.stdout) as { context: { name: string } }).context.name, "b");
  assert.match((await ask("context", "current")).stdout, /^a /);
  assert.equal((await ask("context", "add", "c")).code, 2);
  assert.equal((await ask("context", "add", "c", "--server-url", "a:1")).code, 2);
  assert.equal((await ask("context", "set-runtime", "local")).code, 0);
  assert.equal((await ask("context", "set-runtime", "cluster")).code, 2);
});

test("cli.md §9.13: contexts that several processes add at once are all there", async (t) => {
  const { ask } = await setUp(t);
  const names = ["a", "b", "c", "d", "e"];
  const added = await Promise.all(names.map((name) => ask("context", "add", name, "--server-url", `http://${name}:1`)));
  assert.deepEqual(
    added.map(({ code }) => code),
    names.map(() => 0),
  );
  assert.equal((await ask("context", "list", "-o", "name")).stdout, `${names.join("\n")}\n`);
});

test("cli.md §8 #26: neither list nor current nor --json shows a token or a client secret", async (t) => {
  const { ask, config } = await setUp(t);
  await ask("context", "add", "a", "--server-url", "http://a:1", "--auth0-client-secret", "hunter2");
  await writeFile(
    config,
    (await readFile(config, "utf8")).replace("server_url", "gateway_session_token: hunter3\n    server_url"),
  );
  for (const args of [
    ["context", "list", "--json"],
    ["context", "current"],
    ["context", "current", "--json"],
    ["config", "list"],
    ["auth", "status"],
  ]) {
    const { stdout, stderr } = await ask(...args);
    assert.doesNotMatch(stdout + stderr, /hunter/, args.join(" "));
  }
  assert.match((await ask("context", "list")).stdout, /cached/);
});

test("cli.md §8 #38: a corrupt file is named by what needs it and left alone", async (t) => {
  const { ask, config, text } = await setUp(t);
  await ask("context", "add", "a", "--server-url", "http://a:1");
  await writeFile(config, "contexts: [");
  const { code, stderr } = await ask("context", "list");
  assert.equal(code, 2);
  assert.match(stderr, /config\.yaml/);
  assert.equal((await ask("context", "add", "b", "--server-url", "http://b:1")).code, 2);
  assert.equal(await text(), "contexts: [");
  assert.equal((await ask("runs")).code, 0);
});

test("init takes what a gateway says about itself", async (t) => {
  const { ask, text } = await setUp(t);
  const auth0 = { domain: "d.example.org", client_id: "c", audience: "" };
  const server = await answeringServer(t, { "GET /api/runtime/contract": [200, { auth0 }] });
  const refused = await ask("context", "init", "prod", "--from-gateway", server.url);
  assert.equal(refused.code, 2);
  const done = await ask("context", "init", "prod", "--from-gateway", server.url, "--yes", "--set-current");
  assert.equal(done.code, 0);
  assert.match(
    await text(),
    /gateway: true\n {4}gateway_auth0_client_id: c\n {4}gateway_auth0_domain: d\.example\.org/,
  );
  assert.match(done.stderr, /^ {2}server_url: /m);
  assert.equal((await ask("context", "init", "x", "--from-gateway", "http://127.0.0.1:9", "--yes")).code, 4);
  const tried = await ask("context", "test", "prod");
  assert.equal(tried.code, 3);
  assert.match(tried.stderr, /no gateway: noetl context update prod --no-gateway/);
});

test("init of a server, which names its own routes, makes no gateway of it", async (t) => {
  const { ask, text } = await setUp(t);
  const proxy_contract = { incoming_prefix: "/api/" };
  const server = await answeringServer(t, { "GET /api/runtime/contract": [200, { proxy_contract }] });
  assert.equal((await ask("context", "init", "own", "--from-gateway", server.url, "--yes")).code, 0);
  assert.match(await text(), /gateway: false/);
});

test("context test says what answers and exits with the reason", async (t) => {
  const { ask } = await setUp(t);
  const server = await answeringServer(t, {
    "GET /api/health": [200, { status: "ok", version: "1" }],
    "GET /api/executions": ({ headers }) => (headers["x-session-token"] === "t" ? [200, []] : [401, {}]),
  });
  await ask("context", "add", "a", "--server-url", server.url);
  const refused = await ask("context", "test");
  assert.equal(refused.code, 77);
  assert.match(refused.stderr, /noetl auth login --context a/);
  assert.equal((await ask("context", "test", "--session-token", "t")).code, 0);
});

test("port-forward needs a kube context and an address here", () => {
  const base = { name: "k", runtime: "auto", gateway: "auto" } as const;
  const kube = { kubeContext: "c", kubeNamespace: "n" };
  assert.throws(() => tunnelOf({ ...base, serverUrl: "http://localhost:18082" }, {}), /kube context/);
  assert.throws(() => tunnelOf({ ...base, ...kube, serverUrl: "https://far.example.org" }, {}), /on this machine/);
  const { command } = tunnelOf(
    { ...base, ...kube, serverUrl: "http://localhost:18082", kubeRemotePort: 80 },
    { NOETL_HOME: "/h" },
  );
  assert.deepEqual(command.slice(1), ["--context", "c", "-n", "n", "port-forward", "svc/noetl", "18082:80"]);
});

test("cli.md §8 #50: port-forward runs in the background, once, and ends when told", {
  skip: process.platform === "win32" && "a shell script stands in for kubectl",
}, async (t) => {
  const { home, config } = await setUp(t);
  const bin = join(home, "kubectl");
  await writeFile(bin, '#!/bin/sh\n# stands in for "kubectl port-forward"\nexec sh -c "sleep 30; true" port-forward\n');
  await chmod(bin, 0o755);
  const ask = (...args: string[]) => cli(args, { home, env: { PATH: `${home}:${process.env.PATH}` } });
  const free = await answeringServer(t, {});
  const fields = ["--kube-context", "c", "--kube-namespace", "n"];
  await ask("context", "add", "k", "--server-url", `http://localhost:${free.port}`, ...fields);
  const taken = await ask("context", "port-forward", "k", "--detach");
  assert.match(taken.stderr, /port \d+ of this machine is in use/);
  await writeFile(config, (await readFile(config, "utf8")).replace(String(free.port), "18972"));
  const started = await ask("context", "port-forward", "k", "--detach");
  assert.equal(started.code, 0, started.stderr);
  assert.match((await ask("context", "port-forward", "k", "--status")).stdout, /^running, PID \d+/);
  assert.equal((await ask("context", "port-forward", "k", "--detach")).code, 1);
  assert.equal((await ask("context", "port-forward", "k", "--stop")).stdout, "stopped\n");
  assert.equal((await ask("context", "port-forward", "k", "--status")).stdout, "not running\n");

  // A number that belongs to another program by now is never signalled.
  await writeFile(join(home, "data/port-forwards/k.pid"), `${process.pid}\n`);
  assert.match((await ask("context", "port-forward", "k", "--status")).stdout, /^stale/);
  assert.equal((await ask("context", "port-forward", "k", "--stop")).stdout, "it did not run\n");
});
