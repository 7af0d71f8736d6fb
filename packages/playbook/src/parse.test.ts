import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePlaybook } from "./parse.ts";
import { book } from "./testing/book.ts";

const NOOP = "tool: {kind: noop}";

/** DSL §28.5 */
const VECTORS: [id: string, text: string, codes: string[]][] = [
  ["V-01", book(`- {step: a, ${NOOP}}\n- {step: a, ${NOOP}}`), ["E_STEP_DUP"]],
  ["V-02", book(`- {step: a, ${NOOP}, next: {arcs: [{step: missing}]}}`), ["E_NEXT_TARGET"]],
  ["V-03", book(`- {step: a, ${NOOP}, loop: {iterator: x}}`), ["E_LOOP_SOURCE"]],
  ["V-04 router", book(`- {step: a, ${NOOP}, next: {spec: {mode: fastest}, arcs: [{step: a}]}}`), ["E_NEXT_MODE"]],
  ["V-04 loop", book(`- {step: a, ${NOOP}, loop: {in: [1], iterator: x, spec: {mode: fastest}}}`), ["E_LOOP_MODE"]],
  [
    "V-05",
    book("- {step: a, tool: {kind: noop, spec: {policy: {rules: [{when: true, then: {do: goto}}]}}}}"),
    ["E_RULE_DO"],
  ],
  [
    "V-06",
    book("- {step: a, tool: {kind: noop, spec: {policy: {rules: [{when: true, then: {do: jump, to: nowhere}}]}}}}"),
    ["E_RULE_JUMP"],
  ],
  ["V-07", book(`- {step: a, ${NOOP}, set: {workload.a: 1}}`), ["E_SET_READONLY"]],
  ["V-08", book("- {step: a, tool: {kind: postgres, command: 'select {{ workload.x | nosuch }}'}}"), ["E_TPL_FILTER"]],
  ["V-09", book(`- {step: a, ${NOOP}, case: [{when: x, then: [{step: a}]}]}`), ["E_LEGACY_CASE"]],
  [
    "V-11",
    "apiVersion: noetl.io/v1\nkind: Playbook\nmetadata: {name: t}\nworkflow: [{step: a, tool: {kind: noop}}]\n",
    ["E_API_VERSION"],
  ],
  ["V-12", book(`- {step: a, ${NOOP}}`, "workload: [1]"), ["E_WORKLOAD_TYPE"]],
  ["V-13", book("- {step: s, tool: [{name: a, kind: noop}, {name: a, kind: noop}]}"), ["E_TASK_DUP"]],
];

for (const [id, text, codes] of VECTORS) {
  test(`${id} is refused with ${codes.join(", ")}`, () => {
    const { playbook, diagnostics } = parsePlaybook(text, { host: "server" });
    assert.equal(playbook, undefined);
    assert.deepEqual(
      diagnostics.filter((finding) => finding.severity === "error").map((finding) => finding.code),
      codes,
    );
  });
}

test("V-10 a list as next is read in default and refused in strict", () => {
  const text = book(`- {step: b, ${NOOP}, next: [a]}\n- {step: a, ${NOOP}}`);
  const lenient = parsePlaybook(text);
  assert.deepEqual(
    lenient.diagnostics.map((finding) => finding.code),
    ["W_LEGACY"],
  );
  assert.deepEqual(lenient.playbook?.workflow[0]?.next?.arcs, [{ targets: ["a"], set: [] }]);
  const strict = parsePlaybook(text, { profile: "strict" });
  assert.equal(strict.playbook, undefined);
  assert.deepEqual(
    strict.diagnostics.map((finding) => finding.code),
    ["E_LEGACY_KEY"],
  );
});

test("V-14 a template in metadata is text", () => {
  const text =
    "apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: t, description: 'a {{ ctx.x | nosuch }}'}\nworkflow: [{step: a, desc: '{{ 1 + }}', tool: {kind: noop}}]\n";
  const { playbook, diagnostics } = parsePlaybook(text);
  assert.deepEqual(diagnostics, []);
  assert.equal(playbook?.metadata.description, "a {{ ctx.x | nosuch }}");
});

test("everything wrong is told at once, in the order of the text", () => {
  const { diagnostics } = parsePlaybook(
    book(`
      - step: a
        tool: {kind: http}
        next: {arcs: [{step: nowhere}]}
      - step: b
        tool: {kind: noop}
        set: {env.x: "{{ 1 + }}"}
    `),
  );
  assert.deepEqual(
    diagnostics.map(({ code, line }) => `${line} ${code}`),
    ["6 E_TOOL_REQUIRED", "7 E_NEXT_TARGET", "8 W_UNREACHABLE", "10 E_SET_READONLY"],
  );
});

test("a finding names its step, its place and what may have been meant", () => {
  const { diagnostics } = parsePlaybook(
    book(`
      - step: start
        tool: {kind: noop}
        next:
          arcs:
            - step: laod
      - {step: load, tool: {kind: noop}}
    `),
    { file: "flow.yaml" },
  );
  const [target] = diagnostics;
  assert.deepEqual(target, {
    code: "E_NEXT_TARGET",
    severity: "error",
    message: "Step 'start': next arc refers to unknown step 'laod'",
    file: "flow.yaml",
    path: "/workflow/0/next/arcs/0/step",
    step: "start",
    line: 9,
    column: 15,
    endLine: 9,
    endColumn: 19,
    hint: "did you mean 'load'?",
  });
});

test("pointers and lines stay those of the written form after rewriting", () => {
  const { diagnostics } = parsePlaybook(
    book(`
      - step: a
        tool:
          kind: postgres
          query: |
            select 1
            where x = {{ workload.y | nosuch }}
    `),
  );
  const filter = diagnostics.find((finding) => finding.code === "E_TPL_FILTER");
  assert.equal(filter?.path, "/workflow/0/tool/query");
  assert.equal(filter?.line, 10);
  assert.equal(filter?.column, 33);
  assert.match(filter?.message ?? "", /^Step 'a': template error at 10:33: /);
});

test("template errors are placed in quoted, folded and escaped text", () => {
  const at = (value: string) => {
    const text = book(`- step: a\n  tool:\n    kind: noop\n    result: ${value}`);
    const found = parsePlaybook(text).diagnostics.find((finding) => finding.code === "E_TPL_FILTER");
    const line = text.split("\n")[(found?.line ?? 0) - 1] ?? "";
    return line.slice((found?.column ?? 0) - 1, (found?.endColumn ?? 0) - 1);
  };
  assert.equal(at('"{{ workload.a | nosuch }}"'), "nosuch");
  assert.equal(at("'it''s {{ workload.a | nosuch }}'"), "nosuch");
  assert.equal(at(">\n      one\n      two {{ workload.a | nosuch }}"), "nosuch");
  assert.equal(at('"line\\nnext {{ workload.a | nosuch }}"'), "nosuch");
  assert.equal(at("plain text {{ workload.a | nosuch }}"), "nosuch");
});

test("Go templates, f-strings and odd braces in code and scripts pass", () => {
  const { diagnostics } = parsePlaybook(
    book(
      `
      - step: a
        tool:
          kind: shell
          cmds:
            - docker ps --format '{{.Names}}' # {{ execution_id }}
            - |
              kubectl get pods -o go-template='{{range .items}}{{.metadata.name}}{{end}}'
        next: {arcs: [{step: b}]}
      - step: b
        tool:
          kind: python
          code: |
            x = {{"a": 1}}
            print(f"{{literal}} {{ workload.y }}")
        next: {arcs: [{step: c}]}
      - step: c
        tool: {kind: noop, message: "{{ .Release.Name }}"}
    `,
      "workload: {y: 1}",
    ),
  );
  assert.deepEqual(diagnostics, []);
});

test("the document's head is known even when the document is refused", () => {
  const { document, playbook } = parsePlaybook(book(`- {step: a, ${NOOP}, next: {arcs: [{step: x}]}}`));
  assert.equal(playbook, undefined);
  assert.equal(document.kind, "Playbook");
  assert.equal(document.path, "t/t");
});

test("a child by a literal path is looked at once, also when it calls itself", () => {
  const self = book("- {step: a, tool: {kind: playbook, path: self}}");
  let read = 0;
  const child = () => {
    read += 1;
    return { text: self };
  };
  const { diagnostics } = parsePlaybook(
    book("- {step: a, tool: [{name: x, kind: playbook, path: self}, {name: y, kind: playbook, path: self}]}"),
    { child },
  );
  assert.equal(read, 1);
  assert.deepEqual(diagnostics, []);
});

test("a tool key that slipped out of its tool is told where it belongs", () => {
  const { diagnostics } = parsePlaybook(book("- step: a\n  tool: {kind: postgres}\n  command: select 1"));
  const stray = diagnostics.find((finding) => finding.code === "W_UNKNOWN_KEY");
  assert.equal(stray?.hint, "'command' belongs to the postgres tool: indent it under 'tool'");
});

test("an unknown filter or test is told with the one that may be meant", () => {
  const hint = (template: string) =>
    parsePlaybook(book(`- {step: a, tool: {kind: noop, result: "${template}"}}`, "workload: {x: 1}")).diagnostics[0]
      ?.hint;
  assert.equal(hint("{{ workload.x | lenght }}"), "did you mean 'length'?");
  assert.equal(hint("{{ workload.x is defind }}"), "did you mean 'defined'?");
});
