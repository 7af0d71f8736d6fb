import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { cli, temporaryFolder } from "@noetl/sdk/testing";

test("settings are set, explained and cleared; who wins is told", async (t) => {
  const home = await temporaryFolder(t);
  const ask = (args: string[], env: Record<string, string> = {}) => cli(args, { home, env });
  assert.equal((await ask(["config", "get", "server_url"])).stdout, "http://localhost:8082\n");
  await ask(["config", "set", "server_url", "http://set:1/"]);
  assert.equal((await ask(["config", "get", "server_url"])).stdout, "http://set:1\n");
  await ask(["context", "add", "c", "--server-url", "http://context:1"]);
  assert.equal((await ask(["config", "get", "server_url"])).stdout, "http://context:1\n");
  const env = { NOETL_SERVER_URL: "http://env:1" };
  assert.equal((await ask(["config", "get", "server_url"], env)).stdout, "http://env:1\n");
  const explained = await ask(["config", "explain", "server_url", "--host", "flag"], env);
  assert.match(explained.stdout, /^server_url = http:\/\/flag:8082/);
  assert.match(
    explained.stdout,
    /→ --host\/--port +http:\/\/flag:8082\n +NOETL_SERVER_URL +http:\/\/env:1\n +context c +http:\/\/context:1\n +settings +http:\/\/set:1\n/,
  );
  await ask(["config", "set", "server_url", ""]);
  const cleared = await ask(["config", "explain", "server_url", "--json"]);
  const { settings } = JSON.parse(cleared.stdout) as {
    settings: { candidates: { source: string; value: string | null }[] }[];
  };
  assert.equal(settings[0]?.candidates.find(({ source }) => source === "settings")?.value, null);
});

test("what is no setting or no value is refused, with what was meant", async (t) => {
  const home = await temporaryFolder(t);
  const unknown = await cli(["config", "set", "server_ulr", "http://x"], { home });
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /did you mean 'server_url'\?/);
  for (const [key, value] of [
    ["runtime", "cluster"],
    ["gateway", "maybe"],
    ["request_timeout", "soon"],
    ["server_url", "x"],
  ] as const) {
    assert.equal((await cli(["config", "set", key, value], { home })).code, 2, key);
  }
  assert.equal((await cli(["config", "get", "nix"], { home })).code, 2);
});

test("the runtime that is set decides where a file runs, a broken file only tells", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(
    join(home, "a.yaml"),
    "apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: a}\nworkflow: [{step: start, tool: {kind: noop}}]",
  );
  assert.equal((await cli(["run", "a.yaml", "-q"], { home })).code, 0);
  await cli(["config", "set", "runtime", "distributed"], { home });
  assert.equal((await cli(["run", "a.yaml", "-q", "--server-url", "http://127.0.0.1:9"], { home })).code, 4);
  assert.equal((await cli(["run", "a.yaml", "-q", "-r", "local"], { home })).code, 0);
  await writeFile(join(home, "data/config.yaml"), "contexts: [");
  const { code, stderr } = await cli(["run", "a.yaml", "-q"], { home });
  assert.equal(code, 0);
  assert.match(stderr, /config\.yaml/);
});
