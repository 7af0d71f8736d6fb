import assert from "node:assert/strict";
import { test } from "node:test";
import { openClient } from "@noetl/client";
import { answeringServer, type Routes } from "@noetl/sdk/testing";
import { FLOW } from "../testing/state.ts";
import { serverSource } from "./server.ts";

const { signal } = new AbortController();

test("an older server without streams, steps, replay and templates still shows what it has", async (t) => {
  const events = [
    { event_id: 1, event_type: "playbook_started", node_name: "flow", created_at: "2026-04-01 09:00:00" },
    { event_id: 2, event_type: "step_started", node_name: "start" },
    { event_id: 3, event_type: "action_failed", node_name: "start", error: "no" },
    { event_id: 4, event_type: "step_failed", node_name: "start", status: "FAILED" },
    { event_id: 5, event_type: "playbook_failed", node_name: "flow", status: "FAILED" },
  ];
  const routes: Routes = {
    "GET /api/executions": [
      200,
      {
        items: [
          { execution_id: 7, path: "t/flow", status: "failed", start_time: "2026-04-01 09:00:00", duration_seconds: 2 },
        ],
      },
    ],
    "GET /api/executions/7": [
      200,
      { execution_id: 7, catalog_id: 5, path: "t/flow", version: 2, status: "failed", workload: { n: 1 }, events },
    ],
    "GET /api/executions/7/status": [
      200,
      { execution_id: 7, completed: true, failed: true, current_step: "start", completed_steps: [] },
    ],
    "POST /api/catalog/resource": [200, { path: "t/flow", version: 2, content: FLOW }],
    "GET /api/worker/pools": [200, { items: [{ name: "w", status: "ready", capacity: 4 }] }],
  };
  const { url } = await answeringServer(t, routes);
  const source = serverSource(openClient({ url }));
  const [row] = await source.executions(signal);
  assert.deepEqual([row?.id, row?.status, row?.startedAt, row?.endedAt], ["7", "FAILED", 1775034000000, 1775034002000]);
  const detail = await source.execution("7", signal);
  assert.deepEqual([detail.version, detail.workload, detail.playbook === FLOW], ["2", { n: 1 }, true]);
  const known = [];
  for await (const batch of source.follow("7", undefined, signal)) known.push(...batch);
  assert.deepEqual(
    known.map(({ type, step }) => [type, step]),
    [
      ["playbook_started", null],
      ["step_started", "start"],
      ["action_failed", "start"],
      ["step_failed", "start"],
      ["playbook_failed", null],
    ],
  );
  const now = await source.picture("7", undefined, known, signal);
  assert.deepEqual([now.status, now.steps], ["FAILED", [{ step: "start", status: "FAILED", runs: 1, attempts: 1 }]]);
  const before = await source.picture("7", 2, known, signal);
  assert.deepEqual([before.status, before.steps[0]?.status], ["RUNNING", "RUNNING"]);
  const inputs = await source.inputs("7", "left", 0, signal);
  assert.equal(inputs.rendered, false);
  const force = await source.workforce(signal);
  assert.deepEqual([force.workers[0]?.name, force.queues], ["w", undefined]);
});

test("an execution is found by its last digits, and not when several have them", async (t) => {
  const list = [{ execution_id: "1055" }, { execution_id: "2055" }, { execution_id: "3066" }].map((one) => ({
    ...one,
    path: "p",
    status: "COMPLETED",
  }));
  const { url } = await answeringServer(t, { "GET /api/executions": [200, list] });
  const source = serverSource(openClient({ url }));
  assert.equal(await source.find("66"), "3066");
  await assert.rejects(source.find("055"), { meaning: "not_found", message: /several/ });
  await assert.rejects(source.find("99"), { meaning: "not_found", message: /has no execution '99'/ });
});

test("what waits for workers, and what they hold, by pool", async (t) => {
  const queues = [{ pool: "shared", pending: 3, running: 1 }];
  const { url } = await answeringServer(t, { "GET /api/worker/pools": [200, { items: [], queues }] });
  const force = await serverSource(openClient({ url })).workforce(signal);
  assert.deepEqual(force, { workers: [], queues: [{ pool: "shared", waiting: 3, running: 1 }] });
});
