import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isNoetlError } from "@noetl/core";
import { type ContextsFile, chooseServer, readContexts } from "./contexts.ts";

const file: ContextsFile = {
  path: "config.yaml",
  current: "dev",
  contexts: new Map([
    ["dev", { name: "dev", serverUrl: "http://dev:1/", runtime: "auto" }],
    ["prod", { name: "prod", serverUrl: "https://prod", runtime: "distributed" }],
  ]),
};
const none: ContextsFile = { path: "config.yaml", contexts: new Map() };

test("flags beat the environment, that beats the context, that beats the default (cli.md §1.3)", () => {
  const env = { NOETL_SERVER_URL: "http://env" };
  assert.equal(chooseServer({ "server-url": "http://f", host: "h", port: 1 }, file, env).url, "http://f");
  assert.equal(chooseServer({ host: "h", port: 1 }, file, env).url, "http://h:1");
  assert.equal(chooseServer({ host: "h" }, file, env).url, "http://h:8082");
  assert.equal(chooseServer({ port: 1 }, file, env).url, "http://localhost:1");
  assert.equal(chooseServer({}, file, env).url, "http://env");
  assert.equal(chooseServer({ context: "prod" }, file, {}).url, "https://prod");
  assert.equal(chooseServer({}, file, {}).url, "http://dev:1");
  assert.deepEqual(chooseServer({}, none, {}), { url: "http://localhost:8082", source: "default" });
});

test("an unknown context names those there are", () => {
  assert.throws(
    () => chooseServer({ context: "nix" }, file, {}),
    (error) => isNoetlError(error) && error.meaning === "not_found" && /dev, prod/.test(error.hint ?? ""),
  );
});

test("a missing file is an empty configuration, a broken one is an error", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "noetl-sdk-"));
  t.after(() => rm(folder, { recursive: true }));
  const env = { NOETL_CONFIG: join(folder, "config.yaml") };
  assert.equal((await readContexts(env)).contexts.size, 0);
  await writeFile(
    env.NOETL_CONFIG,
    "current_context: a\ncontexts:\n  a: {server_url: http://a, gateway_session_token: t, other: 1}\n",
  );
  const read = await readContexts(env);
  assert.equal(read.current, "a");
  assert.deepEqual(read.contexts.get("a"), { name: "a", serverUrl: "http://a", runtime: "auto", sessionToken: "t" });
  for (const broken of ["contexts: [", "contexts: {a: {}}", "[]", "contexts: {a: {server_url: x, runtime: y}}"]) {
    await writeFile(env.NOETL_CONFIG, broken);
    await assert.rejects(readContexts(env), /config\.yaml/, broken);
  }
});
