import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { isNoetlError } from "@noetl/core";
import { atContext, chooseServer } from "./choose.ts";
import { editContexts } from "./edit.ts";
import { type ContextsFile, readContexts } from "./read.ts";

const file: ContextsFile = {
  path: "config.yaml",
  current: "dev",
  settings: {},
  contexts: new Map([
    ["dev", { name: "dev", serverUrl: "http://dev:1/", runtime: "auto", gateway: "auto", sessionToken: "t-dev" }],
    ["prod", { name: "prod", serverUrl: "https://prod", runtime: "distributed", gateway: true }],
  ]),
};
const none: ContextsFile = { path: "config.yaml", contexts: new Map(), settings: {} };
const urlFor = (...[flags, given, env]: Parameters<typeof chooseServer>) => chooseServer(flags, given, env).url;

async function configFile(t: TestContext, text?: string) {
  const folder = await mkdtemp(join(tmpdir(), "noetl-sdk-"));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, "config.yaml");
  if (text !== undefined) await writeFile(path, text);
  return { NOETL_CONFIG: path };
}

test("cli.md §9.1: flags beat the environment, that beats the context, that beats the default (§1.3)", () => {
  const env = { NOETL_SERVER_URL: "http://env/api" };
  assert.equal(urlFor({ "server-url": "http://f", host: "h", port: 1 }, file, env), "http://f");
  assert.equal(urlFor({ host: "h", port: 1 }, file, env), "http://h:1");
  assert.equal(urlFor({}, file, env), "http://env");
  assert.equal(urlFor({ context: "prod" }, file, env), "http://env");
  assert.equal(urlFor(atContext({ context: "prod" }, file), file, env), "https://prod");
  assert.equal(urlFor({ context: "prod" }, file, {}), "https://prod");
  assert.equal(urlFor({}, file, {}), "http://dev:1");
  assert.equal(urlFor({}, { ...none, settings: { serverUrl: "http://set" } }, {}), "http://set");
  assert.equal(urlFor({}, none, {}), "http://localhost:8082");
  assert.equal(chooseServer({}, none, {}).source, "default");
});

test("cli.md §8 #37: --host or --port alone count, NOETL_SERVER_URL is heard", () => {
  assert.equal(urlFor({ host: "h" }, file, {}), "http://h:8082");
  assert.equal(urlFor({ port: 1 }, file, {}), "http://localhost:1");
  assert.equal(urlFor({}, none, { NOETL_SERVER_URL: "http://env" }), "http://env");
});

test("cli.md §8 #26: a context's session goes to its own server only", () => {
  const token = (flags: Parameters<typeof chooseServer>[0], env = {}) => chooseServer(flags, file, env).endpoint.token;
  assert.equal(token({}), "t-dev");
  assert.equal(token({ "server-url": "http://dev:1" }), "t-dev");
  assert.equal(token({ "server-url": "http://elsewhere:1" }), undefined);
  assert.equal(token({ "server-url": "http://elsewhere:1", "session-token": "x" }), "x");
  assert.equal(token({}, { NOETL_SESSION_TOKEN: "e" }), "e");
  assert.equal(token({}, { NOETL_SESSION_TOKEN: " " }), "t-dev");
});

test("cli.md §8 #42: the gateway is a property of the context, or of flag and environment", () => {
  const gateway = (flags: Parameters<typeof chooseServer>[0], env = {}) =>
    chooseServer(flags, file, env).endpoint.gateway;
  assert.equal(gateway({}), "auto");
  assert.equal(gateway({ context: "prod" }), true);
  assert.equal(gateway({ context: "prod", gateway: false }), false);
  assert.equal(gateway({}, { NOETL_USE_GATEWAY: "yes" }), true);
  assert.equal(gateway({ context: "prod" }, { NOETL_USE_GATEWAY: "off" }), false);
});

test("an unknown context names those there are, an address that is none is refused", () => {
  assert.throws(
    () => chooseServer({ context: "nix" }, file, {}),
    (error) => isNoetlError(error) && error.meaning === "not_found" && /dev, prod/.test(error.hint ?? ""),
  );
  assert.throws(() => chooseServer({ "server-url": "localhost:1" }, file, {}), /--server-url/);
});

test("a missing file is an empty configuration, a broken one is an error", async (t) => {
  const env = await configFile(t);
  assert.equal((await readContexts(env)).contexts.size, 0);
  await writeFile(
    env.NOETL_CONFIG,
    "current_context: a\ncontexts:\n  a: {server_url: http://a, gateway_session_token: t, gateway_auth0_domain: null, other: 1}\n",
  );
  const read = await readContexts(env);
  assert.equal(read.current, "a");
  assert.deepEqual(read.contexts.get("a"), {
    name: "a",
    serverUrl: "http://a",
    runtime: "auto",
    gateway: "auto",
    sessionToken: "t",
  });
  for (const broken of [
    "contexts: [",
    "contexts: {a: {}}",
    "[]",
    "contexts: {a: {server_url: x, runtime: y}}",
    "settings: {request_timeout: soon}",
  ]) {
    await writeFile(env.NOETL_CONFIG, broken);
    await assert.rejects(readContexts(env), /config\.yaml/, broken);
  }
});

test("cli.md §9.13: edits keep what other programs wrote, sort, and leave the file to its owner alone", async (t) => {
  const env = await configFile(t, "zone: kept\ncontexts:\n  b: {server_url: http://b, other: 1}\n");
  await editContexts(env, (draft) => {
    draft.put("a", { serverUrl: "http://a", kubeRemotePort: 80, auth0Domain: undefined });
    draft.put("b", { runtime: "local", gateway: true });
    draft.use("a");
    draft.set("runtime", "distributed");
  });
  assert.equal(
    await readFile(env.NOETL_CONFIG, "utf8"),
    [
      "contexts:",
      "  a:",
      "    kube_remote_port: 80",
      "    server_url: http://a",
      "  b:",
      "    gateway: true",
      "    other: 1",
      "    runtime: local",
      "    server_url: http://b",
      "current_context: a",
      "settings:",
      "  runtime: distributed",
      "zone: kept",
      "",
    ].join("\n"),
  );
  if (process.platform !== "win32") assert.equal((await stat(env.NOETL_CONFIG)).mode & 0o777, 0o600);
  await editContexts(env, (draft) => {
    draft.put("b", { gateway: "auto", runtime: null });
    draft.rename("a", "c");
    draft.set("runtime", undefined);
  });
  const text = await readFile(env.NOETL_CONFIG, "utf8");
  assert.doesNotMatch(text, /gateway|settings|runtime/);
  assert.match(text, /current_context: c/);
});

test("a broken file is not overwritten, an edit that would break it is not written", async (t) => {
  const env = await configFile(t, "contexts: [");
  await assert.rejects(editContexts(env, (draft) => draft.use("a")));
  assert.equal(await readFile(env.NOETL_CONFIG, "utf8"), "contexts: [");
  await writeFile(env.NOETL_CONFIG, "{}");
  await assert.rejects(
    editContexts(env, (draft) => draft.put("a", { runtime: "local" })),
    /no server_url/,
  );
  assert.equal(await readFile(env.NOETL_CONFIG, "utf8"), "{}");
});

test("cli.md §9.13: edits at the same time lose nothing", async (t) => {
  const env = await configFile(t);
  await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      editContexts(env, (draft) => draft.put(`c${n}`, { serverUrl: `http://h:${n + 1}` })),
    ),
  );
  assert.equal((await readContexts(env)).contexts.size, 20);
});

test("cli.md §9.13: who reads while others write finds a whole file, its owner's alone, also where it was not", async (t) => {
  const env = await configFile(t, "contexts: {c: {server_url: 'http://c'}}\n");
  await chmod(env.NOETL_CONFIG, 0o644);
  let writing = true;
  const edits = async () => {
    for (let n = 1; n <= 30; n++) {
      await editContexts(env, (draft) => draft.put("c", { serverUrl: `http://${"h".repeat(40_000)}:${n}` }));
    }
    writing = false;
  };
  const done = edits();
  let reads = 0;
  for (; writing; reads++) assert.equal((await readContexts(env)).contexts.size, 1);
  await done;
  assert.ok(reads > 5, String(reads));
  if (process.platform !== "win32") assert.equal((await stat(env.NOETL_CONFIG)).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(dirname(env.NOETL_CONFIG)), ["config.yaml"]);
});

test("the lock of a process that died is taken over", async (t) => {
  const env = await configFile(t);
  const lock = `${env.NOETL_CONFIG}.lock`;
  await writeFile(lock, "");
  const before = new Date(Date.now() - 60_000);
  await utimes(lock, before, before);
  await editContexts(env, (draft) => draft.put("a", { serverUrl: "http://a" }));
  assert.equal((await readContexts(env)).contexts.size, 1);
});
