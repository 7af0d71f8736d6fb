import assert from "node:assert/strict";
import { test } from "node:test";
import { cli, temporaryFolder } from "@noetl/sdk/testing";

test("a whole run tests the bundle of these sources, files that are named the sources", async (t) => {
  const { stdout } = await cli(["--version", "--json"], { home: await temporaryFolder(t) });
  const { build } = JSON.parse(stdout) as { build: string };
  assert.equal(build, process.env.NOETL_TEST_PROGRAM === undefined ? "source" : "bundle");
});
