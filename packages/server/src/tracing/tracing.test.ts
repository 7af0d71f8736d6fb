import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { it } from "node:test";
import { isObject } from "@noetl/core";
import { execute, playbook, register, startServer } from "../testing/kit.ts";
import { testWorker } from "../testing/worker.ts";

it("sends a span a request, a run and a command to the collector, and gives the trace on to workers", async () => {
  const bodies: string[] = [];
  const collector = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      bodies.push(`${request.method} ${request.url} ${request.headers["x-key"]} ${text}`);
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  const { port } = collector.address() as AddressInfo;
  const otlp = { endpoint: `http://127.0.0.1:${port}/`, headers: "x-key=k%201", service: "noetl-test" };
  const server = await startServer({ config: { otlp } });
  await register(server, playbook("trace/one", { start: [] }));
  const trace = "0af7651916cd43dd8448eb211c80319c";
  const traceparent = `00-${trace}-b7ad6b7169203331-01`;
  await server.ok("POST", "/api/execute", { path: "trace/one" }, { traceparent });
  const worker = testWorker(server);
  const [hint] = await worker.poll();
  assert.ok(isObject(hint?.trace));
  assert.match(String(hint.trace.traceparent), new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
  const claimed = await worker.claim(hint);
  if (claimed) await worker.report(claimed, null);
  await server.close();
  await new Promise((resolve) => collector.close(resolve));

  const all = bodies.join("\n");
  assert.match(all, /^POST \/v1\/traces k 1 /);
  const spans = bodies.flatMap(
    (body) => JSON.parse(body.slice(body.indexOf("{"))).resourceSpans[0].scopeSpans[0].spans,
  );
  const started = spans.find(({ name }: { name: string }) => name === "POST /api/execute");
  assert.deepEqual([started.traceId, started.parentSpanId, started.kind], [trace, "b7ad6b7169203331", 2]);
  assert.ok(BigInt(started.endTimeUnixNano) >= BigInt(started.startTimeUnixNano));
  assert.ok(all.includes('"stringValue":"noetl-test"'));
  const find = (wanted: string) => spans.find(({ name }: { name: string }) => name === wanted);
  const [run, step] = [find("run trace/one"), find("step start")];
  assert.deepEqual([run.traceId, run.parentSpanId], [trace, started.spanId]);
  assert.deepEqual([step.traceId, step.parentSpanId], [trace, run.spanId]);
  assert.ok(BigInt(run.startTimeUnixNano) <= BigInt(step.startTimeUnixNano));
  assert.ok(BigInt(step.endTimeUnixNano) <= BigInt(run.endTimeUnixNano));
});

it("does without a collector, and without one that answers", async () => {
  const otlp = { endpoint: "http://127.0.0.1:1", headers: undefined, service: "s" };
  const server = await startServer({ config: { otlp } });
  await register(server, playbook("trace/two", { start: [] }));
  await execute(server, "trace/two");
  await server.close();
});
