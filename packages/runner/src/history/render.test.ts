import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { runPlaybook } from "../run.ts";
import { temporaryHost } from "../testing/temporary-host.ts";
import { readRun } from "./history.ts";
import { renderAt } from "./render.ts";

const TEXT = `apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: flow, path: t/flow }
workload: { n: 2 }
workflow:
  - step: large
    tool: { kind: noop, result: { text: "{{ 'x' * 200000 }}", n: 5 } }
`;

test("a template is rendered with what the run knew: workload, results, also those stored elsewhere, and extra names", async (t) => {
  const { host, folder } = await temporaryHost(t, { "flow.yaml": TEXT });
  await runPlaybook(host, { file: join(folder, "flow.yaml") });
  const past = await readRun(host);
  const template = { sum: "{{ workload.n + item }}", length: "{{ large.text | length }}", path: "{{ path }}" };
  assert.deepEqual(await renderAt(host, past, template, { item: 3 }), { sum: 5, length: 200_000, path: "t/flow" });
  assert.equal(await renderAt(host, past, "{{ .Go.Template }}", {}), "{{ .Go.Template }}");
  await assert.rejects(renderAt(host, past, "{{ 1 / 0 }}", {}), { meaning: "validation" });
});
