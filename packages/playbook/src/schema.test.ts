import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parsePlaybook } from "./parse.ts";
import type { Profile } from "./report/report.ts";
import { credentialSchema, playbookSchema } from "./schema.ts";
import { book } from "./testing/book.ts";
import { CASES } from "./testing/catalogue.ts";
import { fixtureFiles } from "./testing/fixtures.ts";

function validator(schema: JsonObject) {
  const check = new Ajv2020({ allErrors: true, strict: false }).compile(schema);
  return (value: unknown) =>
    check(value) ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

const check = { default: validator(playbookSchema("default")), strict: validator(playbookSchema("strict")) };

function both(text: string, profile: Profile) {
  const { diagnostics, document } = parsePlaybook(text, { profile, host: "local" });
  return {
    parser: diagnostics.filter((finding) => finding.severity === "error").map((finding) => finding.message),
    schema: check[profile](document.json),
  };
}

/** Canonical v10 with most of what the language has. */
const CANONICAL = book(
  `
  - step: start
    desc: everything
    spec: {timeout_seconds: 60, policy: {admit: {rules: [{when: "{{ workload.x }}", then: {allow: true}}, {else: {then: {do: fail}}}]}, failure: {mode: best_effort}}}
    input: {a: 1}
    loop: {in: "{{ workload.items }}", iterator: row, spec: {mode: parallel, max_in_flight: "{{ workload.n }}", policy: {exec: local}}}
    tool:
      - name: call
        kind: http
        url: "{{ workload.base }}"
        follow_redirects: "{{ workload.x }}"
        auth: {type: bearer, credential: api}
        spec:
          timeout_seconds: 5
          policy:
            rules:
              - when: "{{ output.status == 'error' }}"
                then: {do: retry, attempts: 3, backoff: exponential, delay: 0.5}
              - else: {then: {do: continue, set: {iter.n: "{{ output.data.n }}"}}}
      - {name: keep, kind: python, input: {n: "{{ iter.n }}"}, code: "result = n", set: {kept: "{{ output }}"}}
    output: {store: {kind: auto, ttl: 60}, select: [n, {path: a.b, as: c}], scope: step}
    set: {ctx.total: "{{ output.stats.total }}"}
    next:
      spec: {mode: exclusive, on_no_match: complete}
      arcs:
        - {step: rows, when: "{{ event.name == 'loop.done' }}", set: {ctx.again: true}}
        - {step: end}
  - step: rows
    loop: {cursor: {kind: postgres, auth: db, claim: "select 1"}, iterator: row, spec: {mode: cursor, frame: {max_rows: 10}}}
    tool: {kind: postgres, auth: db, command: "insert into t values ({{ row.id }})"}
    next: {arcs: [{step: end}]}
  - {step: end, tool: {kind: noop, result: {ok: true}}}
`,
  `
  executor: {profile: auto, version: noetl-runtime/1, requires: {tools: [http]}, spec: {entry_step: start, policy: {limits: {max_steps: 10}}}}
  workload: {x: true, n: 2, base: "http://x", items: [1]}
  keychain: [{name: k, kind: static, map: {a: b}}]
`,
);

test("the canonical form passes without a word, in both profiles, by parser and schema", () => {
  for (const profile of ["default", "strict"] as const) {
    const { diagnostics } = parsePlaybook(CANONICAL, { profile });
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(both(CANONICAL, profile).schema, []);
  }
});

test("what the parser accepts the schema accepts", (context) => {
  const files = fixtureFiles();
  if (files === undefined) return context.skip("the folder of fixtures is not there");
  let accepted = 0;
  for (const { name, text } of files) {
    for (const profile of ["default", "strict"] as const) {
      const found = both(text, profile);
      if (found.parser.length > 0) continue;
      accepted += 1;
      assert.deepEqual(found.schema, [], `${name} (${profile})`);
    }
  }
  assert.ok(accepted > 40);
});

test("legacy forms: the default schema accepts what the default parser reads", () => {
  for (const { code, steps, head } of CASES) {
    if (steps === undefined && head === undefined) continue;
    const text = book(steps ?? "- {step: a, tool: {kind: noop}}", head).replaceAll(/ *#!.*/g, "");
    const found = both(text, "default");
    if (found.parser.length === 0) assert.deepEqual(found.schema, [], `${code}: ${text}`);
  }
});

/** Shape errors; what needs more than shapes (names, targets, templates) is not the schema's. */
const SHAPES =
  /^E_(WORKLOAD_TYPE|WORKFLOW_EMPTY|LOOP_MODE|LOOP_MIF|RULE_DO|RULE_ATTEMPTS|RULE_DELAY|RULE_BACKOFF|NEXT_MODE|NEXT_ON_NO_MATCH|SET_TYPE|OUTPUT_STORE|KEYCHAIN_KIND|TOOL_REQUIRED|TOOL_UNKNOWN|UNKNOWN_KEY|LEGACY_KEY|POLICY_RULES)$/;

test("shape errors of the parser are errors of the strict schema", () => {
  let refused = 0;
  for (const { code, steps, head } of CASES) {
    if (!SHAPES.test(code) || (steps === undefined && head === undefined)) continue;
    const text = book(steps ?? "- {step: a, tool: {kind: noop}}", head).replaceAll(/ *#!.*/g, "");
    if (/goto/.test(text) && code === "E_LEGACY_KEY") continue; // an unknown key of a tool, which may be a plugin's
    assert.notDeepEqual(both(text, "strict").schema, [], `${code}: ${text}`);
    refused += 1;
  }
  assert.ok(refused > 20);
});

test("every key has a description and every tool kind its own config, for completion", () => {
  const schema = playbookSchema("strict");
  const definitions = schema.$defs as { [name: string]: JsonObject };
  const tool = definitions.tool as { allOf: { if: JsonObject; then: { properties: JsonObject } }[] };
  const http = tool.allOf.find((part) => JSON.stringify(part.if).includes('"http"'));
  assert.ok(isObject(http?.then.properties.headers));
  const missing: string[] = [];
  for (const [name, definition] of Object.entries(definitions)) {
    for (const [key, property] of Object.entries((definition.properties ?? {}) as JsonObject)) {
      const described =
        isObject(property) &&
        ("description" in property || "$ref" in property || JSON.stringify(property).includes("$ref"));
      if (!described) missing.push(`${name}.${key}`);
    }
  }
  assert.deepEqual(missing, []);
});

test("the credential schema accepts both places of the fields and refuses data that is no map", () => {
  const credential = validator(credentialSchema());
  assert.deepEqual(credential({ name: "db", type: "postgres", data: { db_host: "x" }, tags: "a,b" }), []);
  assert.deepEqual(credential({ kind: "Credential", metadata: { name: "db" }, spec: { type: "x", data: {} } }), []);
  assert.notDeepEqual(credential({ name: "db", data: "secret" }), []);
});
