import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { cli, temporaryFolder } from "@noetl/sdk/testing";

// What the local runner of the older tool got wrong (cli.md §8.2, §8.3), each with a playbook of a few steps.

const HEAD = "apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: flow, path: t/flow}\n";
const posix = { skip: process.platform === "win32" && "steps of bash" };

interface Outcome {
  status: string;
  result: unknown;
  steps: { [step: string]: { status: string; runs: number; result?: unknown } };
}

async function runs(t: TestContext, playbook: string, ...args: string[]) {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "flow.yaml"), HEAD + playbook);
  const { code, stdout, stderr } = await cli(["run", "flow.yaml", "--json", "--quiet", ...args], { home });
  return { home, code, outcome: JSON.parse(stdout) as Outcome, stderr };
}

test("cli.md §8 #17, #20, #22, #48: lists of steps run, loops loop, one arc is taken, a pipeline and a boolean when load", async (t) => {
  const { code, outcome } = await runs(
    t,
    `workflow:
  - step: start
    tool: {kind: noop}
    next: {spec: {mode: exclusive}, arcs: [{step: no, when: "{{ 1 > 2 }}"}, {step: each, when: true}, {step: no}]}
  - step: no
    tool: {kind: noop}
  - step: each
    loop: {in: [1, 2, 3], iterator: item}
    tool: {kind: noop, result: "{{ item * 2 }}"}
    next: {spec: {mode: inclusive}, arcs: [{step: left}, {step: right}]}
  - step: left
    tool:
      - {name: one, kind: noop, result: 1}
      - {name: two, kind: noop, result: 2}
    next: {arcs: [{step: end}]}
  - step: right
    tool: {kind: noop, result: "{{ each.results }}"}
    next: {arcs: [{step: end}]}
`,
  );
  assert.equal(code, 0);
  const ran = Object.fromEntries(Object.entries(outcome.steps).map(([step, { runs }]) => [step, runs]));
  assert.deepEqual([ran.start, ran.no, ran.each, ran.left, ran.right], [1, 0, 1, 1, 1]);
  assert.deepEqual(outcome.steps.right?.result, [2, 4, 6]);
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
  const steps = `workflow:
  - {step: touch, tool: {kind: shell, cmds: "touch ran"}, next: {arcs: [{step: odd}]}}
  - {step: odd, tool: {kind: snowflake, query: SELECT 1}}
`;
  await writeFile(join(home, "flow.yaml"), HEAD + steps);
  const { code, stderr } = await cli(["run", "flow.yaml"], { home });
  assert.notEqual(code, 0);
  assert.match(stderr, /snowflake/);
  assert.equal(existsSync(join(home, "ran")), false);
});

test("cli.md §8 #21: a sink writes what it is given", async (t) => {
  const { code, home } = await runs(
    t,
    `workflow:
  - {step: first, tool: {kind: noop, result: {a: 1}}, next: {arcs: [{step: second}]}}
  - {step: second, tool: {kind: noop, result: {b: 2}}, next: {arcs: [{step: keep}]}}
  - {step: keep, tool: {kind: sink, target: {type: file, path: out.json}, data: "{{ first }}"}}
`,
  );
  assert.equal(code, 0);
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
        printf '%s' "$VALUE"
`,
    );
    const { stdout } = outcome.result as { stdout: string };
    assert.equal(stdout, "/\nhere\na; echo INJECTED");
  },
);

test("cli.md §8 #49: a cycle runs on without a stack, odd quotes and letters of any width are only text", async (t) => {
  const { code, outcome } = await runs(
    t,
    `workload: {quote: "'", text: "häß→語"}
workflow:
  - step: again
    tool: {kind: noop, result: "{{ workload.quote }}{{ workload.text }}"}
    set: {ctx.n: "{{ (ctx.n | default(0)) + 1 }}"}
    next: {spec: {mode: exclusive}, arcs: [{step: again, when: "{{ ctx.n < 300 and workload.quote != '' }}"}]}
`,
  );
  assert.equal(code, 0);
  assert.equal(outcome.steps.again?.runs, 300);
  assert.equal(outcome.steps.again?.result, "'häß→語");
});

test("cli.md §8 #14, #15, #16: plan runs nothing, and no iap command pretends to", posix, async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "flow.yaml"), `${HEAD}workflow:\n  - {step: a, tool: {kind: shell, cmds: "touch ran"}}\n`);
  assert.equal((await cli(["plan", "flow.yaml"], { home })).code, 0);
  assert.equal(existsSync(join(home, "ran")), false);
  for (const words of ["plan", "workspace", "drift"]) assert.equal((await cli(["iap", words], { home })).code, 127);
});

test("cli.md §8 #47: doctor tells of every program that may be missing", async (t) => {
  const { stdout } = await cli(["doctor", "--json"], { home: await temporaryFolder(t), env: { PATH: "/nowhere" } });
  const { checks } = JSON.parse(stdout) as { checks: { id: string; status: string; hint?: string }[] };
  for (const id of ["bash", "python", "kubectl", "docker", "npm"]) {
    const check = checks.find((one) => one.id === id);
    assert.equal(check?.status, "note", id);
    assert.match(check?.hint ?? "", /needed by/);
  }
});
