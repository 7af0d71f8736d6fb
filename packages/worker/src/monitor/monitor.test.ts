import assert from "node:assert/strict";
import { test } from "node:test";
import { command, startWorker, until } from "../testing/kit.ts";
import { testPlane } from "../testing/plane.ts";
import type { WorkerState } from "../worker.ts";
import { openHealth } from "./health.ts";
import { listen } from "./listener.ts";
import { openMetrics } from "./metrics.ts";

function health(over: Partial<{ state: WorkerState; running: number; quiet: number }>) {
  const now = 1_000_000;
  return openHealth({
    clock: { now: () => now, sleep: async () => {} },
    state: () => over.state ?? "working",
    running: () => over.running ?? 0,
    capacity: 2,
    lastProgress: () => now - (over.quiet ?? 0),
  });
}

test("a worker is ready when it takes commands, or has no room for more", () => {
  const ready = (over: Parameters<typeof health>[0]) => {
    const found = health(over);
    found.close();
    return found.ready();
  };
  assert.deepEqual(ready({}), { ok: true, reasons: [] });
  assert.deepEqual(ready({ running: 2, quiet: 600_000 }), { ok: true, reasons: [] });
  assert.match(ready({ running: 1, quiet: 61_000 }).reasons[0] ?? "", /has not answered for 61 s/);
  for (const state of ["starting", "draining", "stopped"] as const) {
    assert.deepEqual(ready({ state }), { ok: false, reasons: [`the worker is ${state}`] });
  }
});

test("health and metrics are pages; what is not well says why", async (t) => {
  let ready = false;
  const listener = await listen(
    { host: "127.0.0.1", port: 0 },
    {
      live: () => ({ ok: true, reasons: [] }),
      ready: () => ({ ok: ready, reasons: ready ? [] : ["the worker is starting"] }),
      metrics: async () => ({ type: "text/plain; version=0.0.4", text: "up 1\n" }),
    },
  );
  t.after(() => listener.close());
  const get = async (path: string) => {
    const answer = await fetch(`${listener.url}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  for (const path of ["/health", "/healthz", "/livez"]) assert.equal((await get(path)).status, 200);
  assert.deepEqual(await get("/readyz"), {
    status: 503,
    text: '{"status":"unhealthy","reasons":["the worker is starting"]}\n',
  });
  ready = true;
  assert.equal((await get("/readyz")).status, 200);
  assert.equal((await get("/metrics")).text, "up 1\n");
  assert.equal((await get("/")).status, 404);
  const { port } = new URL(listener.url);
  const again = listen({ host: "127.0.0.1", port: Number(port) }, {} as never);
  await assert.rejects(again, { meaning: "unavailable", code: "PORT_TAKEN" });
});

test("what happens is counted, without ids", async () => {
  const metrics = openMetrics({
    version: "1.2.3",
    workerId: "w1",
    gauges: { running: () => 3, limit: () => 4, ready: () => true, draining: () => false, spooled: () => 0 },
  });
  const { observer } = metrics;
  observer.pulled("message", 5);
  observer.pulled("error", 5);
  observer.claimed("claimed", 2);
  observer.claimed("unknown", 2);
  observer.ran("shell", 20, "error");
  observer.reported("call.error", 4, "spooled");
  observer.stored(1_000, 3, true);
  const text = await metrics.registry.metrics();
  for (const line of [
    'noetl_worker_pulls_total{outcome="message"} 1',
    "noetl_worker_command_loop_reconnect_total 1",
    "noetl_worker_claim_succeeded_total 1",
    'noetl_worker_claim_failed_total{reason="unknown"} 1',
    "noetl_worker_claim_dead_lettered_total 1",
    'noetl_worker_dispatch_errors_total{tool_kind="shell"} 1',
    'noetl_worker_tool_result_error_total{tool_kind="shell"} 1',
    'noetl_worker_event_emit_failed_total{outcome="spooled"} 1',
    "noetl_worker_result_store_put_bytes_total 1000",
    "noetl_worker_concurrent_dispatches 3",
    "noetl_worker_concurrency_limit 4",
    "noetl_worker_ready 1",
    'noetl_worker_build_info{version="1.2.3"} 1',
  ]) {
    assert.ok(text.includes(line), line);
  }
});

test("a working worker makes progress also when there is nothing to do", async (t) => {
  const plane = testPlane();
  const { worker } = await startWorker(t, { plane });
  await until("it to work", () => worker.state === "working");
  const before = worker.lastProgress;
  await until("an empty poll", () => worker.lastProgress > before);
  plane.issue(command("a", "noop"));
  await until("the report", () => plane.row("a").state === "ended");
});
