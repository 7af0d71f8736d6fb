import assert from "node:assert/strict";
import { test } from "node:test";
import { statusShape } from "@noetl/client";
import { palette } from "@noetl/sdk";
import { executionDocument } from "./document.ts";
import { lineReader, loggedLine } from "./event-line.ts";
import { playbookReference, referenceText } from "./reference.ts";
import { executionText } from "./text.ts";

test("cli.md §8 #7, #8, #43, §9.2: references are path, version, catalog scheme, id", () => {
  assert.deepEqual(playbookReference("a/b"), { path: "a/b" });
  assert.deepEqual(playbookReference("a/b@3"), { path: "a/b", version: 3 });
  assert.deepEqual(playbookReference("catalog://a/b@latest"), { path: "a/b", version: "latest" });
  assert.deepEqual(playbookReference("a/b", "4"), { path: "a/b", version: 4 });
  assert.deepEqual(playbookReference("478775660589088776"), { catalog_id: "478775660589088776" });
  assert.deepEqual(playbookReference("pbk_1"), { catalog_id: "pbk_1" });
  // A long word is a path, not an id.
  assert.deepEqual(playbookReference("a-very-long-name-of-a-playbook"), { path: "a-very-long-name-of-a-playbook" });
  for (const bad of ["a@2.0", "a@", "a@x", "@3", "a@0"])
    assert.throws(() => playbookReference(bad), /version|names no/, bad);
  assert.throws(() => playbookReference("pbk_1", "2"), /--version/);
  assert.equal(referenceText({ path: "a", version: 3 }), "a@3");
});

test("the document of a status has a duration and an error with its exit code", () => {
  const now = Date.parse("2026-04-01T09:01:00Z");
  const running = executionDocument(statusShape("1", { status: "running", started_at: "2026-04-01T09:00:00" }), now);
  assert.equal(running.duration_seconds, 60);
  assert.equal(running.error, undefined);
  const failed = executionDocument(
    statusShape("1", { status: "failed", failed_steps: ["load"], error: "boom", error_detail: { kind: "process" } }),
  );
  assert.deepEqual(failed.error, { code: "EXECUTION_FAILED", exit: 5, kind: "process", message: "boom", step: "load" });
  assert.match(executionText(failed, palette(false)), /FAIL {2}load\n {2}step 'load': boom \(process\)$/);
});

test("a step that fails is told once, and every failed item of a loop", () => {
  const read = lineReader();
  const line = (event_type: string, step: string) =>
    read({ event_id: "1", event_type, step, status: "FAILED", created_at: null, error: "e", seq: null, raw: {} })?.text;
  assert.equal(line("call.error", "s"), "FAIL s: e");
  assert.equal(line("call.error", "s"), "FAIL s: e");
  assert.equal(line("step.exit", "s"), undefined);
  assert.equal(line("step.exit", "other"), "FAIL other: e");
});

test("events of every generation are told in the same words", () => {
  const line = (event_type: string, more: object = {}) =>
    loggedLine({
      event_id: "1",
      event_type,
      step: "s",
      status: null,
      created_at: null,
      error: null,
      seq: null,
      raw: {},
      ...more,
    })?.text;
  assert.equal(line("step.enter"), "run  s");
  assert.equal(line("step_started"), "run  s");
  assert.equal(line("step.exit", { status: "COMPLETED" }), "ok   s");
  assert.equal(line("step_completed", { status: "completed" }), "ok   s");
  assert.equal(line("step_failed", { error: "e\nmore" }), "FAIL s: e");
  assert.equal(line("call.error", { error: { message: "m" } }), "FAIL s: m");
  assert.equal(line("playbook_failed", { error: "e" }), "FAILED: e");
  assert.equal(line("execution.cancelled", { raw: { meta: { reason: "r" } } }), "CANCELLED: r");
  assert.equal(line("loop.started", { raw: { context: { iterations_expected: 3 } } }), "loop s  3 items");
  assert.equal(line("command.claimed"), undefined);
});
