import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { cli } from "@noetl/sdk/testing";

const ORDERS = `apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: orders, path: demo/orders}
workload: {who: world, bad: false}
workflow:
  - step: start
    tool: {kind: noop}
    next:
      spec: {mode: exclusive}
      arcs:
        - {step: fail, when: "{{ workload.bad }}"}
        - {step: greet}
  - {step: fail, tool: {kind: shell, cmds: "exit 3"}}
  - {step: greet, tool: {kind: noop, result: {hello: "{{ workload.who }}"}}}
`;
const SLOW = `apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: slow, path: demo/slow}
workflow: [{step: start, tool: {kind: shell, cmds: "sleep 20"}}]
`;

// A server with a worker of its own: what a person has after a minute with the README.
const home = await mkdtemp(join(tmpdir(), "noetl-e2e-"));
const ask = (...args: string[]) => cli(args, { home });
const json = async (...args: string[]) => JSON.parse((await ask(...args, "--json")).stdout) as Record<string, unknown>;

before(async () => {
  const port = await freePort();
  const started = await ask("server", "start", "--with-worker", "--port", String(port));
  assert.equal(started.code, 0, started.stderr);
  await ask("context", "add", "dev", "--server-url", `http://127.0.0.1:${port}`);
  await writeFile(join(home, "orders.yaml"), ORDERS);
  await writeFile(join(home, "slow.yaml"), SLOW);
});
after(async () => {
  await ask("server", "stop", "--force");
  await rm(home, { recursive: true, force: true, maxRetries: 3 });
});

test("register, run, look back, run again", async () => {
  const registered = await ask("register", "playbook", "orders.yaml", "slow.yaml");
  assert.equal(registered.code, 0, registered.stdout);
  assert.equal((await ask("catalog", "list", "-o", "name")).stdout, "demo/orders\ndemo/slow\n");

  const ran = await ask("run", "demo/orders", "--set", "who=Ada", "--follow", "--json");
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /ok {3}greet\n.*COMPLETED/);
  const execution = JSON.parse(ran.stdout) as { execution_id: string; result: unknown };
  assert.deepEqual(execution.result, { hello: "Ada" });

  const id = execution.execution_id;
  assert.deepEqual((await json("executions", "get", id)).workload, { who: "Ada", bad: false });
  assert.match((await ask("executions", "logs", id)).stdout, /start demo\/orders\n[\s\S]*COMPLETED\n$/);
  const again = await json("execute", "rerun", id, "--set", "who=Bob", "--wait");
  assert.deepEqual(again.result, { hello: "Bob" });
});

test("a failed execution exits 5 and says where", async () => {
  const { code, stdout } = await ask("execute", "playbook", "demo/orders", "--set", "bad=true", "--wait", "--json");
  assert.equal(code, 5);
  const { error } = JSON.parse(stdout) as { error: { kind: string; step: string } };
  assert.deepEqual([error.kind, error.step], ["process", "fail"]);
});

test("a running execution is cancelled once", async () => {
  const { execution_id: id } = await json("run", "slow.yaml", "-r", "distributed");
  assert.equal((await ask("cancel", String(id), "--reason", "test", "--wait")).code, 0);
  assert.equal((await ask("status", String(id), "--wait")).code, 6);
  assert.equal((await ask("cancel", String(id))).code, 1);
});

test("the database can be asked and is not changed by asking", async () => {
  const { rows } = await json("query", "SELECT count(*) AS n FROM noetl.catalog");
  assert.deepEqual(rows, [{ n: 2 }]);
  const refused = await ask("query", "DELETE FROM noetl.catalog");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /--write/);
  assert.equal((await ask("db", "validate")).code, 0);
});

test("credentials of the server are kept and shown masked", async () => {
  await writeFile(
    join(home, "pg.json"),
    JSON.stringify({ name: "pg", type: "postgres", data: { password: "hunter2" } }),
  );
  assert.equal((await ask("register", "credential", "pg.json")).code, 0);
  assert.doesNotMatch((await ask("credential", "get", "pg", "--remote")).stdout, /hunter2/);
  assert.match((await ask("credential", "get", "pg", "--remote", "--reveal")).stdout, /hunter2/);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
