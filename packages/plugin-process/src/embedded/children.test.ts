import assert from "node:assert/strict";
import { test } from "node:test";
import { control } from "../testing/control.ts";

const playbook = (path: string, steps: string) => `
apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: ${path}, path: ${path}}
workflow:
${steps}
`;

test("DSL §20, §21.3: `return_step` shows the aggregate of a loop whose results are stored elsewhere", async (t) => {
  const { register, start, ended, store } = await control(t, "embedded");
  await register(
    "parent",
    playbook(
      "parent",
      `  - {step: p, tool: {kind: playbook, path: child, return_step: each}, next: [{step: end}]}
  - {step: end, tool: {kind: noop, result: "{{ p.results | map(attribute='text') | list }} {{ p.errors | length }}"}}`,
    ),
  );
  await register(
    "child",
    playbook(
      "child",
      `  - step: each
    loop: {in: [1, 2, 0], iterator: n, spec: {policy: {failure: best_effort}}}
    output: {inline_max_bytes: 8}
    tool: {kind: shell, cmds: "test {{ n }} -gt 0 && echo 'a long text {{ n }}'"}`,
    ),
  );
  const id = await start("parent");
  assert.equal(await ended(id), "COMPLETED");
  const end = (await store.log.load(id)).find((event) => event.type === "playbook.completed");
  assert.deepEqual(end?.type === "playbook.completed" && end.result, {
    data: '["a long text 1","a long text 2",null] 1',
  });
});

test("DSL §22: a child whose call has timed out is cancelled", async (t) => {
  const { register, start, ended, store } = await control(t, "embedded");
  await register(
    "parent",
    playbook("parent", "  - {step: p, tool: {kind: playbook, path: child, return_result: true, timeout: 0.5}}"),
  );
  await register("child", playbook("child", '  - {step: slow, tool: {kind: shell, cmds: "sleep 30"}}'));
  const id = await start("parent");
  assert.equal(await ended(id), "FAILED");
  const [child] = await store.executions.list({ parent: id });
  assert.equal(await ended(child?.execution_id ?? ""), "CANCELLED");
});
