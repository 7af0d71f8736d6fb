import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runPlaybook } from "../run.ts";
import { temporaryHost } from "../testing/temporary-host.ts";

const playbook = (name: string, steps: string) => `
apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: ${name}, path: test/${name}}
workflow:
${steps}
`;

test("DSL §20, §21.3: `return_step` shows the aggregate of a loop whose results are stored elsewhere", async (t) => {
  const { host, folder } = await temporaryHost(t, {
    "parent.yaml": playbook(
      "parent",
      `  - {step: p, tool: {kind: playbook, path: child.yaml, return_step: each}, next: [{step: end}]}
  - {step: end, tool: {kind: noop, result: "{{ p.results | map(attribute='text') | list }} {{ p.errors | length }}"}}`,
    ),
    "child.yaml": playbook(
      "child",
      `  - step: each
    loop: {in: [1, 2, 0], iterator: n, spec: {policy: {failure: best_effort}}}
    output: {inline_max_bytes: 8}
    tool: {kind: shell, cmds: "test {{ n }} -gt 0 && echo 'a long text {{ n }}'"}`,
    ),
  });
  const { result, error } = await runPlaybook(host, { file: join(folder, "parent.yaml") });
  assert.deepEqual([result, error], ['["a long text 1","a long text 2",null] 1', undefined]);
});

test("DSL §22: a child whose call has timed out is stopped, and the run ends", async (t) => {
  const { host, folder } = await temporaryHost(t, {
    "parent.yaml": playbook(
      "parent",
      "  - {step: p, tool: {kind: playbook, path: child.yaml, return_result: true, timeout: 0.5}}",
    ),
    "child.yaml": playbook(
      "child",
      '  - {step: slow, tool: {kind: shell, cmds: "echo begun > log; sleep 20; echo late >> log"}}',
    ),
  });
  const { execution_id, status, error } = await runPlaybook(host, { file: join(folder, "parent.yaml") });
  assert.deepEqual([status, error?.kind], ["FAILED", "timeout"]);
  const children = await host.store.executions.list({ parent: execution_id });
  assert.deepEqual(
    children.map((child) => child.status),
    ["CANCELLED"],
  );
  assert.equal(await readFile(join(folder, "log"), "utf8"), "begun\n");
});
