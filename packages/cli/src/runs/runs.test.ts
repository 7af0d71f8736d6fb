import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Explanation, LogEvent } from "@noetl/engine";
import { cli, temporaryFolder } from "@noetl/sdk/testing";

const FLOW = `apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: flow, path: t/flow}
workload: {bad: false}
workflow:
  - step: start
    tool: {kind: noop}
    next:
      spec: {mode: exclusive}
      arcs:
        - {step: wrong, when: "{{ workload.bad }}"}
        - {step: end}
  - step: wrong
    tool: {kind: shell, cmds: "exit 3"}
  - step: end
    tool: {kind: noop}
`;

const home = await mkdtemp(join(tmpdir(), "noetl-runs-"));
after(() => rm(home, { recursive: true, force: true }));
const ask = (args: string[]) => cli(args, { home });
const run = async (...args: string[]) =>
  (JSON.parse((await ask(["run", "flow.yaml", "--json", ...args])).stdout) as { execution_id: string }).execution_id;

// Two runs of one playbook that the tests look back at: the first COMPLETED, the second FAILED.
await writeFile(join(home, "flow.yaml"), FLOW);
const good = await run();
const bad = await run("--set", "bad=true");

test("runs lists the newest first and filters", async () => {
  const { stdout } = await ask(["runs"]);
  assert.match(stdout, new RegExp(`^RUN .*\n${bad} +FAILED +t/flow .*\n${good} +COMPLETED .*\n2 runs\n$`));
  const failed = await ask(["runs", "--status", "failed", "--json"]);
  const { runs } = JSON.parse(failed.stdout) as { runs: { execution_id: string; started_at: string }[] };
  assert.match(runs[0]?.started_at ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(
    runs.map(({ execution_id }) => execution_id),
    [bad],
  );
  assert.match((await ask(["runs", "-n", "1"])).stdout, /\n1 run\n$/);
});

test("logs shows the newest run, or one by its id or last digits", async () => {
  const newest = (await ask(["logs"])).stdout;
  assert.match(newest, new RegExp(`run ${bad}`));
  assert.match(newest, /FAIL +wrong .*\n.*FAILED/);
  assert.match((await ask(["logs", good.slice(-8)])).stdout, /ok +end .*\n.*COMPLETED\n$/);
  assert.match((await ask(["logs", bad, "--follow"])).stdout, /FAILED/);
  const { lines } = JSON.parse((await ask(["logs", "--json"])).stdout) as { lines: { text: string }[] };
  assert.ok(lines.some(({ text }) => text.startsWith("FAIL")));
  assert.equal((await ask(["logs", "424242"])).code, 3);
});

test("events prints the log and filters it", async () => {
  const { stdout } = await ask(["events", good]);
  assert.match(stdout, /^ +1 .*playbook\.initialized/);
  assert.match(stdout, /playbook\.completed.*\n$/);
  const some = await ask(["events", good, "--step", "end", "--type", "step.enter", "--type", "step.exit", "--json"]);
  const { events } = JSON.parse(some.stdout) as { events: LogEvent[] };
  assert.deepEqual(
    events.map(({ type }) => type),
    ["step.enter", "step.exit"],
  );
});

test("why explains failures, arcs that were not taken, and steps that did not run", async () => {
  const failed = (await ask(["why"])).stdout;
  assert.match(failed, /it failed in wrong: .*\(process\)/);
  assert.match(failed, /^ {2}went to wrong$/m);
  assert.match(failed, /^ {2}did not go to end: an arc before it was taken$/m);
  const step = (await ask(["why", good, "wrong"])).stdout;
  assert.match(step, /it did not run\n {2}start did not lead here after call\.done: its condition is false/);
  assert.match((await ask(["why", "end"])).stdout, /it did not run/);
  const { explanation } = JSON.parse((await ask(["why", good, "--json"])).stdout) as { explanation: Explanation };
  assert.equal(explanation.status, "COMPLETED");
  assert.equal((await ask(["why", good, "nostep"])).code, 3);
});

test("a run whose process was killed is INTERRUPTED, why says so, and --resume finishes it", {
  skip: process.platform === "win32" && "kills with SIGKILL",
}, async (t) => {
  const home = await temporaryFolder(t);
  const steps = `workflow:
  - {step: one, tool: {kind: shell, cmds: "echo x >> once"}, next: {arcs: [{step: two}]}}
  - {step: two, tool: {kind: shell, cmds: "test -e go || sleep 3"}}`;
  await writeFile(join(home, "slow.yaml"), FLOW.replace(/workflow:[\s\S]*/, steps));
  const killed = await cli(["run", "slow.yaml"], {
    home,
    during: (child) => child.stderr?.on("data", (text) => String(text).includes("two  shell") && child.kill("SIGKILL")),
  });
  assert.equal(killed.signal, "SIGKILL");
  assert.match((await cli(["runs"], { home })).stdout, /INTERRUPTED/);
  const why = (await cli(["why"], { home })).stdout;
  assert.match(why, /its process is gone/);
  assert.match(why, /two is running/);
  await writeFile(join(home, "go"), "");
  const resumed = await cli(["run", "slow.yaml", "--resume"], { home });
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.match(resumed.stderr, /kept: +one/);
});

test("a failed step of Python shows where in its code, in run, logs and why", async (t) => {
  const home = await temporaryFolder(t);
  const steps = `workflow:
  - step: calc
    tool:
      kind: python
      code: |
        def find(rows):
            return rows["missing"]
        result = find({})`;
  await writeFile(join(home, "py.yaml"), FLOW.replace(/workflow:[\s\S]*/, steps));
  const trace = /line 3, in <module>\n +result = find[\s\S]+line 2, in find\n +return rows\["missing"\]/;
  const run = await cli(["run", "py.yaml"], { home });
  assert.equal(run.code, 5);
  assert.match(run.stderr, /FAIL +calc .*KeyError: 'missing'\n +Traceback/);
  assert.match(run.stderr, trace);
  assert.match((await cli(["logs"], { home })).stdout, trace);
  assert.match((await cli(["why"], { home })).stdout, trace);
});
