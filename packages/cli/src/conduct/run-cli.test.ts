import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { cli, PROGRAM, temporaryFolder } from "@noetl/sdk/testing";

test("--version and -V print name and version", async (t) => {
  const home = await temporaryFolder(t);
  const { stdout, stderr, code } = await cli(["--version"], { home });
  assert.match(stdout, /^noetl\/\d+\.\d+\.\d+\S* \S+ node-v\d+\.\d+\.\d+\n$/);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.equal((await cli(["-V"], { home })).stdout, stdout);
});

test("without a command one line points at --help", async (t) => {
  const { stdout, code } = await cli([], { home: await temporaryFolder(t) });
  assert.match(stdout, /^.*noetl --help.*\n$/);
  assert.equal(code, 0);
});

test("help lists every command on stdout", async (t) => {
  const home = await temporaryFolder(t);
  const { stdout, stderr, code } = await cli(["--help"], { home });
  assert.equal(code, 0);
  assert.equal(stderr, "");
  for (const name of ["run", "validate", "credential", "doctor"]) assert.match(stdout, new RegExp(`^ +${name} `, "m"));
  assert.equal((await cli(["help"], { home })).stdout, stdout);
});

test("help of a command shows its flags and the global ones", async (t) => {
  const home = await temporaryFolder(t);
  const { stdout } = await cli(["credential", "get", "--help"], { home });
  assert.match(stdout, /--reveal/);
  assert.match(stdout, /GLOBAL FLAGS[\s\S]*--json/);
  assert.equal((await cli(["help", "credential", "get"], { home })).stdout, stdout);
});

test("an unknown command exits 127 and only suggests", async (t) => {
  const home = await temporaryFolder(t);
  const { stdout, stderr, code } = await cli(["docter"], { home });
  assert.equal(code, 127);
  assert.equal(stdout, "");
  assert.match(stderr, /'docter' is not a noetl command/);
  assert.match(stderr, /did you mean 'doctor'\?/);
});

test("an unknown flag is a usage error with a suggestion", async (t) => {
  const { stderr, code } = await cli(["credential", "list", "--typ", "x"], { home: await temporaryFolder(t) });
  assert.equal(code, 2);
  assert.match(stderr, /did you mean --type\?/);
});

test("cli.md §8 #31: errors are one document on stdout with --json, wherever it stands", async (t) => {
  const home = await temporaryFolder(t);
  const wanted = { code: "CREDENTIAL_NOT_FOUND", exit: 3 };
  for (const args of [
    ["--json", "credential", "get", "nix"],
    ["credential", "-j", "get", "nix"],
    ["credential", "get", "nix", "--json"],
    ["credential", "get", "nix", "-o", "json"],
  ]) {
    const { stdout, stderr, code } = await cli(args, { home });
    assert.equal(code, 3, args.join(" "));
    assert.equal(stderr, "", args.join(" "));
    assert.equal(stdout.trimEnd().includes("\n"), false);
    const { error } = JSON.parse(stdout) as { error: Record<string, unknown> };
    assert.deepEqual({ code: error.code, exit: error.exit }, wanted, args.join(" "));
    assert.ok(error.message && error.hint);
  }
});

test("usage errors too are documents with --json", async (t) => {
  const { stdout, code } = await cli(["credential", "get", "--json"], { home: await temporaryFolder(t) });
  assert.equal(code, 2);
  assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, "USAGE");
});

test("-o yaml prints the same data as YAML", async (t) => {
  const home = await temporaryFolder(t);
  assert.equal(
    (await cli(["credential", "list", "-o", "yaml"], { home })).stdout,
    "schema: noetl.credential.list/1\ncredentials: []\nwhere: this machine\n",
  );
});

test("cli.md §8 #52: colour follows the environment, never a pipe", async (t) => {
  const home = await temporaryFolder(t);
  const colored = async (env: Record<string, string>) =>
    (await cli(["docter"], { home, env })).stderr.includes("\u001b[");
  assert.equal(await colored({}), false);
  assert.equal(await colored({ FORCE_COLOR: "1" }), true);
  assert.equal(await colored({ CLICOLOR_FORCE: "1" }), true);
  assert.equal(await colored({ CLICOLOR_FORCE: "1", NO_COLOR: "1" }), false);
});

test("--debug shows where an error comes from", async (t) => {
  const home = await temporaryFolder(t);
  assert.match((await cli(["credential", "get", "nix", "--debug"], { home })).stderr, /\n +at .*\.[jt]s:\d+/);
  assert.doesNotMatch((await cli(["credential", "get", "nix"], { home })).stderr, /\n +at /);
});

test("a reader that leaves early is no error", { skip: process.platform === "win32" && "no sh" }, async (t) => {
  const home = await temporaryFolder(t);
  const line = '{ "$0" "$1" completion fish; echo "exit $?" >&2; } | true';
  const { stderr } = spawnSync("sh", ["-c", line, process.execPath, PROGRAM], {
    encoding: "utf8",
    env: { ...process.env, NOETL_HOME: home },
  });
  assert.equal(stderr, "exit 0\n");
});

test("cli.md §8 #38: a broken config file stops only what needs it", async (t) => {
  const home = await temporaryFolder(t);
  const env = { NOETL_CONFIG: join(home, "config.yaml") };
  await writeFile(env.NOETL_CONFIG, "contexts: [");
  assert.equal((await cli(["credential", "list"], { home, env })).code, 0);
  const { stdout, code } = await cli(["doctor", "--json"], { home, env });
  assert.equal(code, 1);
  assert.match(stdout, /config\.yaml/);
});
