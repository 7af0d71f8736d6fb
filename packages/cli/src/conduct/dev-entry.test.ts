import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cli, REPOSITORY, temporaryFolder } from "@noetl/sdk/testing";

const pinned = ["linux-x64", "linux-arm64", "darwin-x64", "win-x64"].some((name) =>
  existsSync(join(REPOSITORY, "node_modules", `node-${name}`)),
);
/** Makes this Node one that cannot run the sources. */
const OLD = ["--no-experimental-strip-types"];

test("a Node that can runs the sources, whatever the other tests run", async (t) => {
  const home = await temporaryFolder(t);
  const { stdout } = await cli(["--version", "--json"], { home, source: true });
  assert.equal((JSON.parse(stdout) as { build: string }).build, "source");
  const hello = join(REPOSITORY, "examples/hello.yaml");
  const { stderr, code } = await cli(["run", hello, "--json"], { home, source: true });
  assert.equal(code, 0, stderr);
});

test("a Node that cannot run the sources hands over to the pinned one", {
  skip: !pinned && "no pinned Node here",
}, async (t) => {
  const home = await temporaryFolder(t);
  const { stdout, stderr, code } = await cli(["--version"], { home, source: true, node: OLD });
  assert.match(stdout, /^noetl\//);
  assert.equal(stderr, "");
  assert.equal(code, 0);
});

test("exit code, stdin and both outputs pass through the hand-over", {
  skip: !pinned && "no pinned Node here",
}, async (t) => {
  const home = await temporaryFolder(t);
  const credential = JSON.stringify({ name: "pg", data: { a: 1 } });
  const stored = await cli(["credential", "register", "-"], { home, source: true, node: OLD, input: credential });
  assert.equal(stored.stdout, "stored pg (generic)\n");
  const missing = await cli(["credential", "get", "nix"], { home, source: true, node: OLD });
  assert.equal(missing.code, 3);
  assert.match(missing.stderr, /no credential 'nix'/);
});
