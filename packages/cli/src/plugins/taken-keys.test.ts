import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePlaybook } from "@noetl/playbook";
import { OLD_TASK_KEYS, TASK_KEYS, takenKeys } from "@noetl/sdk/plugins";
import { createRegistry, defaultTools, defineTool, done, field } from "@noetl/tools";

/** Does a key of a tool's schema arrive in its config? */
function arrives(key: string, value: string, ownKeys: readonly string[]): boolean {
  const probe = defineTool({
    kind: "probe",
    summary: "looks at its keys",
    config: () => field.object({ [key]: field.json("a key").optional() }),
    ownKeys,
    effects: "none",
    run: () => done(null),
  });
  const text = `apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: probe, path: test/probe }
workflow:
  - step: probe
    tool: { kind: probe, ${key}: ${value} }
`;
  const { playbook } = parsePlaybook(text, { tools: createRegistry([...defaultTools(), probe]), host: "local" });
  const config = playbook?.workflow[0]?.tasks[0]?.config;
  return config !== undefined && Object.hasOwn(config, key);
}

test("keys of every task never reach a tool", () => {
  const values: { [key: string]: string } = {
    when: "true",
    name: "x",
    desc: "x",
    auth: "x",
    iterator: "x",
    credential: "x",
    output_select: "[]",
  };
  for (const key of TASK_KEYS) {
    if (key !== "kind") assert.equal(arrives(key, values[key] ?? "{}", []), false, key);
  }
});

test("old spellings reach a tool that calls them its own", () => {
  for (const key of OLD_TASK_KEYS) {
    const value = key === "args" || key === "with" ? "{ a: 1 }" : "5";
    assert.equal(arrives(key, value, []), false, key);
    assert.equal(arrives(key, value, [key]), true, key);
  }
});

test("other keys reach it", () => {
  for (const key of ["say", "url", "who", "payload", "label", "task", "credential", "with", "sink", "type"]) {
    const value = key === "with" ? "{ a: 1 }" : "x";
    assert.equal(arrives(key, value, []), !takenKeys([key], []).includes(key), key);
  }
});
