import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { claimRun } from "../liveness.ts";
import type { Host, ResumeOptions, ReuseReport } from "../options.ts";
import { runPlaybook } from "../run.ts";
import { temporaryHost } from "../testing/temporary-host.ts";

const posix = { skip: process.platform === "win32" && "uses a POSIX shell" };

/** Steps a, b, c leave their names in the ledger; `last` fails until a file is there. */
const FLOW = `
apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: flow, path: test/flow}
workflow:
  - {step: a, tool: {kind: shell, cmds: echo a >> ledger}, next: b}
  - {step: b, tool: {kind: shell, cmds: echo b >> ledger}, next: c}
  - {step: c, tool: {kind: playbook, path: ./inner.yaml}, next: last}
  - {step: last, tool: {kind: shell, cmds: cat there}}
`;
const INNER = `
apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: inner, path: test/inner}
workflow:
  - {step: x, tool: {kind: shell, cmds: echo x >> ledger}, next: y}
  - {step: y, tool: {kind: shell, cmds: echo y >> ledger; cat there}}
`;

async function world(t: TestContext) {
  const { host, folder } = await temporaryHost(t, { "flow.yaml": FLOW, "inner.yaml": INNER });
  const file = join(folder, "flow.yaml");
  const reports: ReuseReport[] = [];
  return {
    host,
    file,
    reports,
    write: (name: string, text: string) => writeFile(join(folder, name), text),
    run: (resume?: ResumeOptions, on: Host = host) =>
      runPlaybook(on, {
        file,
        ...(resume ? { resume } : {}),
        observer: { reuse: (report) => reports.push(report) },
      }),
    ledger: async () => (await readFile(join(folder, "ledger"), "utf8")).trim().split("\n").join(" "),
  };
}

/** A process that dies at its `nth` write: whatever comes then is not stored. */
function dyingAt(host: Host, nth: number): Host {
  let writes = 0;
  return {
    ...host,
    store: {
      ...host.store,
      log: {
        ...host.store.log,
        append: (input) => {
          writes += 1;
          return writes >= nth ? Promise.reject(new Error("killed")) : host.store.log.append(input);
        },
      },
    },
  };
}

/** The parent's writes end once its child has begun; the child goes on for a while. */
function dyingForParents(host: Host): Host {
  const { store } = host;
  const children = new Set<string>();
  return {
    ...host,
    store: {
      ...store,
      executions: {
        ...store.executions,
        create(summary, text) {
          if (summary.parent_execution_id !== null) children.add(summary.execution_id);
          return store.executions.create(summary, text);
        },
      },
      log: {
        ...store.log,
        async append(input) {
          if (children.size === 0 || children.has(input.execution_id)) return store.log.append(input);
          await new Promise((resolve) => setTimeout(resolve, 300));
          throw new Error("killed");
        },
      },
    },
  };
}

test("a resumed run that died early forgets nothing of what the run before it did", posix, async (t) => {
  for (const nth of [1, 2, 3, 4]) {
    await t.test(`at write ${nth}`, async (t) => {
      const { run, ledger, write, host } = await world(t);
      assert.equal((await run()).status, "FAILED");
      assert.equal(await ledger(), "a b x y");
      await assert.rejects(run({}, dyingAt(host, nth)), /killed/);
      const before = (await ledger()).split(" ").length;
      await write("there", "");
      const { status } = await run({});
      assert.equal(status, "COMPLETED");
      // `y` failed and runs again, once more when the dead run had come so far; nothing else does.
      assert.equal(await ledger(), ["a b x y", ...Array(before - 3).fill("y")].join(" "));
    });
  }
});

test("a child whose log is ahead of its parent's is found by it", posix, async (t) => {
  const { run, ledger, write, host } = await world(t);
  // The parent dies at the write that would say that it called the child.
  await assert.rejects(run(undefined, dyingForParents(host)), /killed/);
  assert.match(await ledger(), /^a b x/);
  await write("there", "");
  assert.equal((await run({})).status, "COMPLETED");
  assert.equal((await ledger()).split(" ").filter((name) => name === "x").length, 1);
});

test("what a dead run was asked to run afresh is not answered by the run before it", posix, async (t) => {
  const { run, ledger, write, host } = await world(t);
  await run();
  await assert.rejects(run({ from: "b" }, dyingAt(host, 2)), /killed/);
  await write("there", "");
  assert.equal((await run({})).status, "COMPLETED");
  assert.equal((await ledger()).split(" ").filter((name) => name === "a").length, 1);
  assert.ok((await ledger()).split(" ").filter((name) => name === "b").length >= 2);
});

test("--from a step that calls a playbook runs all of that playbook again", posix, async (t) => {
  const { run, ledger, write } = await world(t);
  await write("there", "");
  assert.equal((await run()).status, "COMPLETED");
  assert.equal((await run({ from: "c" })).status, "COMPLETED");
  assert.equal(await ledger(), "a b x y x y");
});

test("a run that is going on cannot be resumed", posix, async (t) => {
  const { run, host } = await world(t);
  const failed = await run();
  // As if its process had not written the end yet.
  await host.store.log.append({
    execution_id: failed.execution_id,
    expectedSeq: (await host.store.executions.get(failed.execution_id))?.seq ?? 0,
    events: [
      {
        type: "execution.cancel_requested",
        reason: "test",
        event_id: host.ids.next(),
        execution_id: failed.execution_id,
        seq: 1_000,
        ts: 1,
      },
    ],
    summary: { status: "RUNNING", ended_at: null },
  });
  const release = await claimRun(host, failed.execution_id);
  await assert.rejects(run({}), { code: "E_RESUME_RUNNING", meaning: "conflict" });
  await release();
  assert.equal((await run({})).status, "FAILED");
});
