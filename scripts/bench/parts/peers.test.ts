import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { nodeProgram } from "../program.ts";
import { figuresOf, rows } from "./peers.ts";

const own = { name: "ours", alone: [1, 2, 3], perSecond: 100 };

test("a peer's figures are put beside ours of the same kind: theirs ÷ ours", () => {
  const peer = { name: "restate", what: "Restate", queue: false, own } as const;
  const [p50, , rate] = figuresOf(peer, { alone: [4, 4, 4], perSecond: 50 });
  assert.deepEqual([p50?.name, p50?.value, p50?.ratio], ["Restate, workflow of three steps, p50", 4, 2]);
  assert.deepEqual(p50?.control, { name: "ours, run, p50", value: 2 });
  assert.deepEqual([rate?.unit, rate?.value, rate?.ratio], ["/s", 50, 0.5]);
});

test("without ours there is a figure and no ratio", () => {
  const peer = { name: "pgboss", what: "pg-boss", queue: true, own: undefined } as const;
  for (const figure of figuresOf(peer, { alone: [4], perSecond: 50 })) {
    assert.ok(!("ratio" in figure) && !("control" in figure), figure.name);
  }
});

test("a peer that npm cannot get has a row that says so, and nothing is started for it", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "noetl-peers-test-"));
  t.after(() => rm(folder, { recursive: true }));
  const offline = {
    NOETL_BUILD_CACHE: join(folder, "cache"),
    npm_config_cache: join(folder, "npm"),
    npm_config_offline: "true",
  };
  const before = Object.keys(offline).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, offline);
  t.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  const program = nodeProgram([], folder);
  const bench = { small: true, peers: true, folder, root: folder, bundle: program, bundled: [], source: program };
  const found = await rows(
    { ...bench, note: () => {} },
    { createDatabase: () => assert.fail("no database is needed") },
    { name: "pgboss", what: "pg-boss", queue: true, own: undefined },
  );
  assert.deepEqual(
    found.map(({ name, missing }) => [name, missing]),
    [["pg-boss", "npm cannot install it (ENOTCACHED)"]],
  );
});
