import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { answeringServer, cli, temporaryFolder } from "@noetl/sdk/testing";

// What the local runner of the older tool got wrong (cli.md §8.2, §8.3), each with a playbook of a few steps.

const HEAD = "apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: flow, path: t/flow}\n";
const posix = { skip: process.platform === "win32" && "steps of bash" };

interface Outcome {
  status: string;
  result: unknown;
  error?: { kind?: string; hint?: string };
  steps: { [step: string]: { status: string; runs: number; result?: unknown } };
}

async function runs(t: TestContext, playbook: string, how = "--quiet") {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "flow.yaml"), HEAD + playbook);
  const { code, stdout, stderr } = await cli(["run", "flow.yaml", "--json", how], { home });
  return { home, code, outcome: JSON.parse(stdout) as Outcome, stderr };
}

/** How often each step ran. */
const counts = ({ steps }: Outcome) =>
  Object.fromEntries(Object.entries(steps).map(([step, { runs }]) => [step, runs]));

test("cli.md §8 #17, #20, #22, #48: loops loop, one arc is taken, a pipeline and a boolean when load, end needs no step", async (t) => {
  const { code, outcome } = await runs(
    t,
    `workflow:
  - step: start
    tool: {kind: noop}
    next: {spec: {mode: exclusive}, arcs: [{step: no, when: "{{ 1 > 2 }}"}, {step: no, when: false}, {step: each, when: true}, {step: no}]}
  - step: no
    tool: {kind: noop}
  - step: each
    loop: {in: [1, 2, 3], iterator: item}
    tool: {kind: noop, result: "{{ item * 2 }}"}
    next: {spec: {mode: inclusive}, arcs: [{step: left}, {step: right}]}
  - step: left
    tool:
      - {name: one, kind: noop, result: 1}
      - {name: two, kind: noop, result: "{{ one + 1 }}"}
    next: {arcs: [{step: end}]}
  - step: right
    tool: {kind: noop, result: "{{ each.results }}"}
    next: {arcs: [{step: end}]}
`,
  );
  assert.equal(code, 0);
  const { end: _virtual, ...ran } = counts(outcome);
  assert.deepEqual(ran, { start: 1, no: 0, each: 1, left: 1, right: 1 });
  assert.deepEqual(outcome.steps.left?.result, { one: 1, two: 2, results: { one: 1, two: 2 }, data: 2, _prev: 2 });
  assert.deepEqual(outcome.steps.right?.result, [2, 4, 6]);
});

test("cli.md §8 #17, #22: a then that is a list runs all of it, and after an else nothing else", async (t) => {
  const playbook = (condition: string) => `workflow:
  - step: start
    tool: {kind: noop}
    case: [{when: "{{ ${condition} }}", then: [{step: a}, {step: b}], else: [{step: other}]}]
    next: [{step: after}]
  - {step: a, tool: {kind: noop}}
  - {step: b, tool: {kind: noop}}
  - {step: other, tool: {kind: noop}}
  - {step: after, tool: {kind: noop}}
`;
  const held = await runs(t, playbook("1 < 2"));
  assert.deepEqual(counts(held.outcome), { start: 1, a: 1, b: 1, other: 0, after: 0 });
  const failed = await runs(t, playbook("1 > 2"));
  assert.deepEqual(counts(failed.outcome), { start: 1, a: 0, b: 0, other: 1, after: 0 });
});

test("cli.md §8 #48: query parameters are numbers, the body a map", async (t) => {
  const server = await answeringServer(t, { "POST /orders": [200, { ok: true }] });
  const { code, outcome } = await runs(
    t,
    `workload: {n: 7}
workflow:
  - step: send
    tool:
      kind: http
      method: POST
      url: ${server.url}/orders
      params: {page: 2, ratio: 0.5, size: "{{ workload.n }}", all: true}
      body: {order: {id: "{{ workload.n }}", lines: [1, 2]}}
`,
  );
  assert.equal(code, 0, JSON.stringify(outcome));
  const [seen] = server.seen;
  assert.deepEqual(seen?.query, { page: "2", ratio: "0.5", size: "7", all: "true" });
  assert.deepEqual(seen?.body, { order: { id: 7, lines: [1, 2] } });
  assert.match(String(seen?.headers["content-type"]), /^application\/json/);
});

test("cli.md §8 #18: conditions are evaluated whole, and a name is not replaced inside of another", async (t) => {
  const { outcome } = await runs(
    t,
    `workload: {env: dev, environment: lab, n: 5}
workflow:
  - step: start
    tool: {kind: noop, result: "{{ workload.env }} {{ workload.environment }} env"}
    next:
      spec: {mode: exclusive}
      arcs:
        - {step: wrong, when: "{{ workload.n > 7 and workload.env == 'dev' }}"}
        - {step: right, when: "{{ not (workload.env == 'prod') and workload.n in [4, 5] }}"}
  - {step: wrong, tool: {kind: noop}}
  - {step: right, tool: {kind: noop}}
`,
  );
  assert.equal(outcome.steps.start?.result, "dev lab env");
  assert.deepEqual([outcome.steps.wrong?.runs, outcome.steps.right?.runs], [0, 1]);
});

test("cli.md §8 #19: a kind that cannot run stops the run before its first step", posix, async (t) => {
  const home = await temporaryFolder(t);
  const skip = "--skip-unsupported lets such steps succeed without doing anything";
  const told: [kind: string, what: string, hint: string][] = [
    ["snowflake", "tool kind snowflake is not available in this version", skip],
    ["frobnicate", "unknown tool kind frobnicate", `a plugin may bring it (noetl plugins install NAME); ${skip}`],
  ];
  for (const [kind, what, hint] of told) {
    const steps = `workflow:
  - {step: touch, tool: {kind: shell, cmds: "touch ran"}, next: {arcs: [{step: odd}]}}
  - {step: odd, tool: {kind: ${kind}, command: SELECT 1}}
`;
    await writeFile(join(home, "flow.yaml"), HEAD + steps);
    const { code, stdout, stderr } = await cli(["run", "flow.yaml", "--json"], { home });
    assert.equal(code, 2, stderr);
    assert.deepEqual((JSON.parse(stdout) as { error: object }).error, {
      code: "E_TOOL_UNAVAILABLE",
      exit: 2,
      message: `flow.yaml:6:23 Step 'odd': ${what}`,
      hint: `nothing was run; ${hint}`,
    });
  }
  assert.equal(existsSync(join(home, "ran")), false);
  assert.deepEqual((JSON.parse((await cli(["runs", "--json"], { home })).stdout) as { runs: object[] }).runs, []);
});

test("cli.md §8 #21: a sink writes what it is given, else the latest result", async (t) => {
  const { code, home } = await runs(
    t,
    `workflow:
  - {step: first, tool: {kind: noop, result: {a: 1}}, next: {arcs: [{step: second}]}}
  - {step: second, tool: {kind: noop, result: {b: 2}}, next: {arcs: [{step: keep}]}}
  - step: keep
    tool: {kind: sink, target: {type: file, path: out.json}, data: "{{ first }}"}
    next: {arcs: [{step: third}]}
  - {step: third, tool: {kind: noop, result: {c: 3}}, next: {arcs: [{step: latest}]}}
  - {step: latest, tool: {kind: sink, target: {type: file, path: latest.json}}}
`,
  );
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(await readFile(join(home, "latest.json"), "utf8")), { c: 3 });
  assert.deepEqual(JSON.parse(await readFile(join(home, "out.json"), "utf8")), { a: 1 });
});

test(
  "cli.md §8 #23, #27: a script is one process, its output the result; a value of env stays one word",
  posix,
  async (t) => {
    const { outcome } = await runs(
      t,
      `workload: {evil: "a; echo INJECTED"}
workflow:
  - step: start
    tool:
      kind: shell
      env: {VALUE: "{{ workload.evil }}"}
      cmds: |
        cd /
        if true; then pwd; fi
        cat <<EOT
        here
        EOT
        printf '%s' "$VALUE" {{ workload.evil | shell_quote }}
`,
    );
    const { stdout } = outcome.result as { stdout: string };
    assert.equal(stdout, "/\nhere\na; echo INJECTEDa; echo INJECTED");
  },
);

test("cli.md §8 #49: a cycle runs on without a stack, odd quotes and letters of any width are only text", async (t) => {
  const rounds = 20_000;
  const { code, outcome } = await runs(
    t,
    `workload: {quote: "'", text: "häß→語"}
workflow:
  - step: again
    tool: {kind: noop, result: "{{ workload.quote }}{{ workload.text }}"}
    set: {ctx.n: "{{ (ctx.n | default(0)) + 1 }}"}
    next: {spec: {mode: exclusive}, arcs: [{step: again, when: "{{ ctx.n < ${rounds} and workload.quote != '' }}"}]}
`,
  );
  assert.equal(code, 0);
  assert.equal(outcome.steps.again?.runs, rounds);
  assert.equal(outcome.steps.again?.result, "'häß→語");
});

test("cli.md §8 #49: a cycle without an end ends at the step limit, and says how to raise it", async (t) => {
  const { code, outcome } = await runs(
    t,
    `executor: {spec: {policy: {limits: {max_steps: 50}}}}
workflow:
  - {step: again, tool: {kind: noop}, next: {arcs: [{step: again}]}}
`,
  );
  assert.equal(code, 5);
  assert.equal(outcome.steps.again?.runs, 50);
  assert.equal(outcome.error?.kind, "limit");
  assert.match(outcome.error?.hint ?? "", /limits\.max_steps/);
});

test("cli.md §8 #49: a long body of wide letters is shown without a tear, a quote as a condition is a text", async (t) => {
  const body = "語→ß".repeat(5_000);
  const server = await answeringServer(t, { "GET /wide": [200, { body }] });
  const { code, outcome } = await runs(
    t,
    `workload: {quote: "'", double: '"'}
workflow:
  - step: wide
    tool: {kind: http, url: "${server.url}/wide"}
    next: {spec: {mode: exclusive}, arcs: [{step: no, when: "{{ workload.quote == workload.double }}"}, {step: yes, when: "{{ workload.quote }}"}]}
  - {step: no, tool: {kind: noop}}
  - {step: yes, tool: {kind: noop}}
`,
    "--verbose",
  );
  assert.equal(code, 0);
  assert.deepEqual(counts(outcome), { wide: 1, no: 0, yes: 1 });
});

test(
  "cli.md §8 #14, #16: what only looks runs nothing and leaves nothing, what runs is recorded, and iap is no command",
  posix,
  async (t) => {
    const home = await temporaryFolder(t);
    await writeFile(
      join(home, "flow.yaml"),
      `${HEAD}workflow:\n  - {step: a, tool: {kind: shell, cmds: "touch ran"}}\n`,
    );
    const recorded = async () => {
      const { stdout } = await cli(["runs", "--json"], { home });
      return (JSON.parse(stdout) as { runs: { execution_id: string }[] }).runs.map(({ execution_id: id }) => id);
    };
    for (const line of ["plan flow.yaml", "run flow.yaml --dry-run", "validate flow.yaml", "graph flow.yaml"]) {
      const { code, stdout } = await cli(line.split(" "), { home });
      assert.equal(code, 0, line);
      assert.doesNotMatch(stdout, /nothing (was )?changed/i, line);
    }
    assert.deepEqual(await readdir(home), ["flow.yaml"]);
    const { stdout } = await cli(["run", "flow.yaml", "--json"], { home });
    assert.ok(existsSync(join(home, "ran")));
    const { execution_id: id } = JSON.parse(stdout) as { execution_id: string };
    assert.deepEqual(await recorded(), [id]);
    assert.match((await cli(["logs", id], { home })).stdout, /ok +a\b/);
    for (const absent of ["logs", "events", "why"])
      assert.equal((await cli([absent, "999"], { home })).code, 3, absent);
    for (const words of ["plan", "workspace", "drift"]) assert.equal((await cli(["iap", words], { home })).code, 127);
  },
);
