import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Store } from "@noetl/store";
import { control, type TestControl, type Way } from "../testing/control.ts";

const head = (name: string) => `apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: ${name}, path: ${name}}\n`;

const three = `${head("three")}workflow:
  - step: a
    tool: {kind: noop, result: {n: 1}}
    next: {arcs: [{step: b}]}
  - step: b
    loop: {in: [1, 2, 3], iterator: x, spec: {mode: parallel}}
    tool: {kind: noop, result: "{{ iter.x + a.n }}"}
    next: {arcs: [{step: c}]}
  - step: c
    tool: {kind: noop, result: "{{ b.results }}"}
`;

const sleeper = (seconds: string) => `${head("sleeper")}workflow:
  - step: a
    tool: {kind: shell, cmds: ["sleep ${seconds}"]}
`;

async function completed(server: TestControl, executionId: string): ReturnType<Store["log"]["load"]> {
  assert.equal(await server.ended(executionId), "COMPLETED");
  return server.store.log.load(executionId);
}

for (const way of ["embedded", "http"] satisfies Way[]) {
  describe(`a worker that is ${way === "http" ? "reached over HTTP" : "in the process of its server"}`, () => {
    test("works through steps and loops; each command is claimed, done and reported once", async (t) => {
      const server = await control(t, way);
      await server.register("three", three);
      const events = await completed(server, await server.start("three"));
      const count = (type: string) => events.filter((event) => event.type === type).length;
      assert.deepEqual(
        ["command.issued", "command.claimed", "call.done", "command.completed"].map(count),
        [5, 5, 5, 5],
      );
      const done = events.findLast((event) => event.type === "call.done");
      assert.deepEqual(done?.type === "call.done" && done.envelope.data, [2, 3, 4]);
    });

    test("takes the credentials of its own environment first, then those of the server", async (t) => {
      const server = await control(t, way, {
        NOETL_CREDENTIAL_OURS: JSON.stringify({ type: "bearer", data: { token: "from-the-environment" } }),
      });
      await server.store.credentials.put({ name: "theirs", type: "bearer", data: { token: "from-the-server" } });
      await server.store.credentials.put({ name: "ours", type: "bearer", data: { token: "not this one" } });
      const call = (step: string, auth: string, next: string) => `
  - step: ${step}
    tool: {kind: http, url: "${server.url}/api/credentials", auth: ${auth}}
    next: {arcs: ${next}}`;
      const text = `${head("auth")}workflow:${call("a", "ours", "[{step: b}]")}${call("b", "theirs", "[]")}\n`;
      await server.register("auth", text);
      const seen: (string | undefined)[] = [];
      server.server.app.server.on("request", (request) => {
        if (request.url === "/api/credentials") seen.push(request.headers.authorization);
      });
      await completed(server, await server.start("auth"));
      assert.deepEqual(seen, ["Bearer from-the-environment", "Bearer from-the-server"]);
    });

    test("stores what is too large for an event, and later steps read it", async (t) => {
      const server = await control(t, way);
      await server.register(
        "large",
        `${head("large")}workflow:
  - step: a
    tool: {kind: noop, result: {text: "{{ 'x' * 200000 }}", n: 7}}
    next: {arcs: [{step: b}]}
  - step: b
    tool: {kind: noop, result: {length: "{{ a.text | length }}", n: "{{ a.n }}"}}
`,
      );
      const events = await completed(server, await server.start("large"));
      const done = events.filter((event) => event.type === "call.done");
      assert.ok(done[0]?.envelope.ref);
      assert.deepEqual(done[1]?.envelope.data, { length: 200_000, n: 7 });
    });

    test("runs a child playbook without holding a place for its parent", async (t) => {
      const server = await control(t, way, { NOETL_WORKER_MAX_INFLIGHT_COMMANDS: "1" });
      await server.register("three", three);
      await server.register(
        "parent",
        `${head("parent")}workflow:\n  - step: a\n    tool: {kind: playbook, path: three, return_result: true}\n`,
      );
      const events = await completed(server, await server.start("parent"));
      assert.ok(events.some((event) => event.type === "call.parked"));
    });

    test("stops the tool of a run that is cancelled", async (t) => {
      const server = await control(t, way);
      await server.register("sleeper", sleeper("30"));
      const executionId = await server.start("sleeper");
      while (server.worker.worker.running === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await server.server.runs.cancel(executionId, "enough");
      assert.equal(await server.ended(executionId), "CANCELLED");
    });

    test("gives back what it cannot finish when it drains", async (t) => {
      const server = await control(t, way);
      await server.register("sleeper", sleeper("30"));
      const executionId = await server.start("sleeper");
      while (server.worker.worker.running === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await new Promise((resolve) => setTimeout(resolve, 100));
      server.worker.drain(0);
      while (server.worker.worker.state !== "stopped") await new Promise((resolve) => setTimeout(resolve, 10));
      const [row] = await server.store.commands.list({ execution_id: executionId });
      assert.deepEqual([row?.status, row?.claims], ["PENDING", 1]);
    });
  });
}
