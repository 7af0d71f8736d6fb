import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openHost, runPlaybook } from "@noetl/runner";
import { temporaryFolder } from "@noetl/sdk/testing";
import type { TimelineEvent } from "../port.ts";
import { localSource } from "./local.ts";

const { signal } = new AbortController();

const TEXT = `apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: flow, path: t/flow }
workload: { names: [Ada, Grace], password: hidden-word }
workflow:
  - step: start
    tool: { kind: noop, result: { n: 2 } }
    next: { arcs: [{ step: greet }] }
  - step: greet
    loop: { in: "{{ workload.names }}", iterator: name, spec: { mode: sequential } }
    input: { times: "{{ start.n }}" }
    tool: { kind: noop, result: "Hello {{ name }}" }
    next: { arcs: [{ step: end }] }
  - step: end
    tool: { kind: noop, result: "{{ greet.results }}" }
`;

test("a finished run of this machine: its row, its log, the engine's state at every point, what a step was given", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "flow.yaml"), TEXT);
  await writeFile(join(folder, "other.yaml"), "a: 1\n");
  const host = await openHost({ env: { NOETL_HOME: join(folder, "data") }, workingDirectory: folder });
  const source = localSource({ host, program: ["false"] });
  t.after(() => source.close());
  const { execution_id: id } = await runPlaybook(host, { file: join(folder, "flow.yaml") });

  assert.deepEqual(
    (await source.executions(signal)).map(({ path, status }) => [path, status]),
    [["t/flow", "COMPLETED"]],
  );
  assert.equal(await source.find(id.slice(-6)), id);
  assert.deepEqual((await source.execution(id, signal)).workload.names, ["Ada", "Grace"]);
  const events: TimelineEvent[] = [];
  for await (const batch of source.follow(id, undefined, signal)) events.push(...batch);
  assert.equal(events.at(-1)?.type, "playbook.completed");
  assert.deepEqual(events.at(-1)?.output, ["Hello Ada", "Hello Grace"]);

  // Forwards, and backwards again.
  const statuses = async (seq: number) =>
    (await source.picture(id, seq, events, signal)).steps.map(({ status }) => status);
  const forwards = [];
  for (const { seq } of events) forwards.push(await statuses(seq));
  const backwards = [];
  for (const { seq } of events.toReversed()) backwards.unshift(await statuses(seq));
  assert.deepEqual(backwards, forwards);
  assert.deepEqual(forwards[0], ["PENDING", "PENDING", "PENDING"]);
  assert.deepEqual(forwards.at(-1), ["COMPLETED", "COMPLETED", "COMPLETED"]);
  const middle = events.find(({ type, iteration }) => type === "command.completed" && iteration === 0)?.seq ?? 0;
  const { steps } = await source.picture(id, middle, events, signal);
  assert.deepEqual(steps[1]?.loop, { total: 2, done: 1, failed: 0, running: 0 });

  const given = await source.inputs(id, "greet", 1, signal);
  assert.deepEqual(given, {
    rendered: true,
    value: { input: { times: 2 }, tool: { kind: "noop", result: "Hello Grace" } },
  });
  assert.deepEqual(await source.playbooks(signal).then((rows) => rows.map(({ path }) => path)), ["flow.yaml"]);
  assert.equal(await source.cancel(id), "it is over already");
  await assert.rejects(source.start("flow.yaml", null, {}), { code: "E_RUN_START" });
});
