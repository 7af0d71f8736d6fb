import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { assertClear, assertCompleted, noetl, playbook, temporaryHome } from "./noetl.ts";

test("runs at once in one data folder each come to their end, with ids and logs of their own", async (t) => {
  const home = await temporaryHome(t);
  await writeFile(
    join(home, "p.yaml"),
    playbook(
      "p",
      '{step: a, loop: {in: "{{ range(40) }}", iterator: n, mode: sequential}, tool: {kind: noop, result: "{{ iter.n }}"}, next: b}',
      "{step: b, tool: {kind: shell, cmds: 'sleep 0.2; echo x >> ledger'}, next: c}",
      '{step: c, tool: {kind: noop, result: "{{ a.stats.success }}"}}',
    ),
  );
  // Also the first ones: they make the schema.
  const runs = await Promise.all([1, 2, 3, 4].map(() => noetl(["run", "p.yaml", "--json"], { home })));
  for (const ran of runs) assertCompleted(ran);
  const outcomes = runs.map((ran) => JSON.parse(ran.stdout) as { execution_id: string; result: unknown });
  assert.deepEqual(
    outcomes.map(({ result }) => result),
    [40, 40, 40, 40],
  );
  assert.equal(new Set(outcomes.map(({ execution_id }) => execution_id)).size, 4);
  assert.equal((await readFile(join(home, "ledger"), "utf8")).trim().split("\n").length, 4);
});

test("a run that another process drives cannot be resumed", async (t) => {
  const home = await temporaryHome(t);
  await writeFile(
    join(home, "p.yaml"),
    playbook("p", "{step: a, tool: {kind: shell, cmds: 'echo x >> ledger; echo ready; sleep 4'}}"),
  );
  let second: ReturnType<typeof noetl> | undefined;
  const first = await noetl(["run", "p.yaml"], {
    home,
    during: (child) =>
      child.stderr?.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes("ready")) second ??= noetl(["run", "p.yaml", "--resume"], { home });
      }),
  });
  assertCompleted(first);
  assert.ok(second);
  assertClear(await second, 1, /still going on in another process/);
  assert.equal(await readFile(join(home, "ledger"), "utf8"), "x\n");
});
