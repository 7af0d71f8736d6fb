import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePlaybook } from "../parse.ts";
import { book } from "../testing/book.ts";
import { describePlan } from "./describe.ts";

function describe(steps: string, head = "") {
  const { playbook, diagnostics } = parsePlaybook(book(steps, head), { host: "local" });
  assert.ok(playbook, diagnostics.map((finding) => finding.message).join("\n"));
  return describePlan(playbook);
}

test("a plan tells steps in order, what they need and what they touch", () => {
  const plan = describe(
    `
    - step: load
      tool: {kind: http, url: "{{ env.BASE_URL }}", auth: {type: bearer, credential: api}}
      next: {arcs: [{step: save, when: "{{ output.ok }}"}, {step: load}]}
    - step: later
      tool: {kind: shell, cmds: "echo {{ keychain.k.x }} {{ tpyo }}"}
    - step: save
      loop: {in: "{{ load.data }}", iterator: row, spec: {mode: parallel, max_in_flight: 4}}
      tool:
        - {name: read, kind: postgres, auth: "{{ workload.db }}", command: "select 1 -- delete"}
        - {name: write, kind: postgres, auth: "{{ pick }}", command: "insert into t values (1)"}
      next: {arcs: [{step: later}, {step: child}]}
    - {step: child, tool: {kind: playbook, path: other/one}}
    - {step: never, tool: {kind: noop}}
  `,
    "workload: {db: main_db, pick: '{{ env.PICK }}'}\nkeychain:\n  - {name: k, kind: secrets, auth: vault, map: {x: y}}",
  );
  assert.deepEqual(
    plan.steps.map((step) => step.step),
    ["load", "save", "later", "child", "never"],
  );
  assert.deepEqual(plan.credentials, [
    { name: "vault", steps: [] },
    { name: "api", steps: ["load"] },
    { name: "main_db", steps: ["save"] },
    { name: "{{ pick }}", steps: ["save"], template: true },
  ]);
  assert.deepEqual(plan.env, [
    { name: "PICK", steps: [] },
    { name: "BASE_URL", steps: ["load"] },
  ]);
  assert.deepEqual(plan.keychain, [{ name: "k", kind: "secrets", steps: ["later"] }]);
  assert.deepEqual(plan.effects, { read: ["load"], write: ["save"], unknown: ["later", "child"] });
  assert.deepEqual(plan.playbooks, [{ name: "other/one", steps: ["child"] }]);
  assert.deepEqual(plan.cycles, [{ from: "load", to: "load" }]);
  assert.deepEqual(plan.unreachable, ["never"]);
  assert.deepEqual(plan.unresolved, [{ step: "later", reads: "tpyo", template: "echo {{ keychain.k.x }} {{ tpyo }}" }]);
  assert.deepEqual(plan.loops, [
    { step: "save", iterator: "row", mode: "parallel", over: "load.data", max_in_flight: 4 },
  ]);
  assert.deepEqual(plan.steps[0]?.next, [
    { to: ["save"], when: "output.ok", back: false },
    { to: ["load"], back: true },
  ]);
  assert.deepEqual(
    plan.tools.find((tool) => tool.kind === "postgres"),
    { kind: "postgres", available: true, steps: ["save"] },
  );
});
