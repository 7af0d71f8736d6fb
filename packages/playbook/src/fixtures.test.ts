import assert from "node:assert/strict";
import { test } from "node:test";
import { toAscii } from "./draw/ascii.ts";
import { parsePlaybook } from "./parse.ts";
import { describePlan } from "./plan/describe.ts";
import { graphOf } from "./plan/graph.ts";
import { planOf } from "./plan/plan.ts";
import { fixtureFiles } from "./testing/fixtures.ts";

/** DSL §26.9: what the real playbooks may be told; anything else would be noise, or a mistake of ours. */
const EXPECTED = new Set(["W_LEGACY", "W_UNREACHABLE", "W_UNKNOWN_KEY", "W_REF_UNKNOWN_STEP", "W_TOOL_MISSING"]);
const BROKEN = "playbooks/broken_playbooks/";

test("every real playbook is accepted, planned and drawn; the broken one is refused where it is broken", (context) => {
  const files = fixtureFiles();
  if (files === undefined) return context.skip("the folder of fixtures is not there");
  for (const { name, text } of files) {
    const { playbook, diagnostics } = parsePlaybook(text, { file: name, host: "local" });
    const errors = diagnostics.filter((finding) => finding.severity === "error");
    if (name.startsWith(BROKEN)) {
      assert.equal(playbook, undefined);
      assert.deepEqual(
        errors.map(({ code, line, step }) => [code, line, step]),
        [["E_TOOL_REQUIRED", 27, "insert_report"]],
      );
      continue;
    }
    assert.ok(playbook, `${name}: ${errors.map((finding) => finding.message).join("; ")}`);
    const odd = diagnostics.filter(({ code }) => !EXPECTED.has(code));
    assert.deepEqual(
      odd.map(({ code, line, message }) => `${name}:${line} ${code} ${message}`),
      [],
    );
    const plan = planOf(playbook);
    for (const step of plan.steps.values()) assert.ok(step.roots instanceof Set);
    assert.equal(describePlan(playbook).steps.length, playbook.workflow.length);
    assert.match(toAscii(graphOf(playbook)), /┌/);
  }
});

test("the model of a real playbook survives JSON", (context) => {
  const files = fixtureFiles();
  if (files === undefined) return context.skip("the folder of fixtures is not there");
  for (const { name, text } of files) {
    const { playbook } = parsePlaybook(text, { host: "local" });
    if (playbook) assert.deepEqual(JSON.parse(JSON.stringify(playbook)), playbook, name);
  }
});
