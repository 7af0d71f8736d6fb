import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { cli, REPOSITORY, temporaryFolder } from "@noetl/sdk/testing";
import type { ValidationReport } from "./validate.ts";

const GOOD = `apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: good, path: t/good}
workflow:
  - step: start
    tool: {kind: shell, cmds: "echo {{ env.HOME }}"}
    next: {arcs: [{step: end, when: "{{ start.exit_code == 0 }}"}]}
  - step: end
    tool: {kind: noop}
`;
const BAD = GOOD.replace("step: end, when", "step: nd, when").replace("cmds:", "cmd_s:");
const LEGACY = GOOD.replace(/next: .*/, "next: end");

test("validate reports every file, with places, and exits 2 when one is invalid", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "good.yaml"), GOOD);
  await writeFile(join(home, "bad.yaml"), BAD);
  const good = await cli(["validate", "good.yaml"], { home });
  assert.equal(good.stdout, "good.yaml: ok\n");
  assert.equal(good.code, 0);
  const both = await cli(["validate", "bad.yaml", "good.yaml"], { home });
  assert.equal(both.code, 2);
  assert.match(both.stdout, /bad\.yaml:7:\d+ error E_NEXT_TARGET/);
  assert.match(both.stdout, /bad\.yaml:6:\d+ (error|warning) /);
  assert.match(both.stdout, /bad\.yaml: invalid, \d+ errors?/);
  assert.match(both.stdout, /good\.yaml: ok/);
});

test("validate --json is one report", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "bad.yaml"), BAD);
  const { stdout, code } = await cli(["validate", "bad.yaml", "--json"], { home });
  const report = JSON.parse(stdout) as ValidationReport;
  assert.equal(code, 2);
  assert.equal(report.valid, false);
  assert.ok(report.files[0]?.diagnostics.some(({ code, line }) => code === "E_NEXT_TARGET" && line === 7));
});

test("--strict makes errors of legacy forms", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "legacy.yaml"), LEGACY);
  assert.equal((await cli(["validate", "legacy.yaml"], { home })).code, 0);
  assert.equal((await cli(["validate", "legacy.yaml", "--strict"], { home })).code, 2);
});

test("validate looks into the files that a playbook calls", async (t) => {
  const home = await temporaryFolder(t);
  const call = (path: string) => GOOD.replace(/kind: shell.*/, `kind: playbook, path: ${path}, return_step: end}`);
  await mkdir(join(home, "flows"));
  await writeFile(join(home, "flows", "bad.yaml"), BAD);
  await writeFile(join(home, "flows", "good.yaml"), GOOD);
  await writeFile(join(home, "flows", "calls.yaml"), call("bad"));
  const { stdout, code } = await cli(["validate", "flows/calls.yaml", "--json"], { home });
  const [report] = (JSON.parse(stdout) as ValidationReport).files;
  assert.equal(code, 0);
  assert.deepEqual(
    report?.diagnostics.map(({ code, line }) => [code, line]),
    [["W_CHILD_INVALID", 6]],
  );
  for (const path of ["good", "elsewhere/in_a_catalog"]) {
    await writeFile(join(home, "flows", "calls.yaml"), call(path));
    assert.match((await cli(["validate", "flows/calls.yaml"], { home })).stdout, /: ok\n$/);
  }
});

test("validate reads stdin, and of a folder only our documents", async (t) => {
  const home = await temporaryFolder(t);
  await mkdir(join(home, "flows/sub"), { recursive: true });
  await mkdir(join(home, "flows/.hidden"));
  await writeFile(join(home, "flows/sub/good.yml"), GOOD);
  await writeFile(join(home, "flows/compose.yaml"), "services: {}\n");
  await writeFile(join(home, "flows/.hidden/bad.yaml"), BAD);
  assert.equal((await cli(["validate", "flows"], { home })).stdout, `${join("flows", "sub", "good.yml")}: ok\n`);
  assert.equal((await cli(["validate", "-"], { home, input: GOOD })).stdout, "stdin: ok\n");
  await mkdir(join(home, "empty"));
  assert.equal((await cli(["validate", "empty"], { home })).code, 3);
  assert.equal((await cli(["validate", "nix.yaml"], { home })).code, 3);
});

test("graph draws in three forms", async (t) => {
  const home = await temporaryFolder(t);
  const draw = async (...args: string[]) => (await cli(["graph", "-", ...args], { home, input: GOOD })).stdout;
  assert.match(await draw(), /start[\s\S]*end/);
  assert.match(await draw("--format", "mermaid"), /^flowchart[\s\S]*start\.exit_code == 0/);
  assert.match(await draw("-f", "dot"), /^digraph/);
  const { nodes, edges } = JSON.parse(await draw("--json")) as { nodes: unknown[]; edges: unknown[] };
  assert.deepEqual([nodes.length, edges.length], [2, 1]);
});

test("plan says what a playbook needs", async (t) => {
  const home = await temporaryFolder(t);
  const { stdout } = await cli(["plan", "-"], { home, input: GOOD });
  assert.match(stdout, /^good +t\/good, 2 steps, starts at start$/m);
  assert.match(stdout, /^start +shell .* end if start\.exit_code == 0$/m);
  assert.match(stdout, /^Environment\n {2}HOME: start$/m);
});

test("cli.md §8 #44: run --dry-run checks and shows, and runs nothing", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "good.yaml"), GOOD);
  const { stdout, code } = await cli(["run", "good.yaml", "--dry-run", "--set", "a=1"], { home });
  assert.equal(code, 0);
  assert.match(stdout, /^Payload {2}\{"a":1\}$/m);
  assert.equal((await cli(["runs"], { home })).stdout, "0 runs\n");
  await writeFile(join(home, "bad.yaml"), BAD);
  assert.equal((await cli(["run", "bad.yaml", "--dry-run"], { home })).code, 2);
  assert.equal((await cli(["run", "good.yaml", "nostep", "--dry-run"], { home })).code, 2);
});

test("schema prints JSON Schema of both kinds of documents", async (t) => {
  const home = await temporaryFolder(t);
  for (const args of [["schema"], ["schema", "credential"]]) {
    const schema = JSON.parse((await cli(args, { home })).stdout) as Record<string, unknown>;
    assert.match(String(schema.$schema), /2020-12/);
    assert.ok(schema.properties);
  }
});

test("the examples are valid, without a warning", async (t) => {
  const home = await temporaryFolder(t);
  const { stdout, code } = await cli(["validate", join(REPOSITORY, "examples")], { home });
  assert.equal(code, 0);
  assert.doesNotMatch(stdout, /warning/);
});

test("validate knows documents that are no playbooks", async (t) => {
  const home = await temporaryFolder(t);
  const head = "apiVersion: noetl.io/v1\nkind: Credential\nmetadata: {name: pg, type: postgres}\n";
  await writeFile(join(home, "good.yaml"), `${head}spec: {data: {db_host: h}}\n`);
  await writeFile(
    join(home, "bad.yaml"),
    "apiVersion: noetl.io/v1\nkind: Subscription\nmetadata: {name: s}\nspec: {}\n",
  );
  const good = await cli(["validate", "good.yaml"], { home });
  assert.deepEqual([good.stdout, good.code], ["good.yaml: ok\n", 0]);
  const bad = await cli(["validate", "bad.yaml"], { home });
  assert.match(bad.stdout, /^bad\.yaml:4:\d+ error /);
  assert.equal(bad.code, 2);
});

test("every whole playbook in the documentation is valid", async (t) => {
  const home = await temporaryFolder(t);
  const pages = ["README.md", ...(await readdir(join(REPOSITORY, "docs"))).map((name) => join("docs", name))];
  const files: string[] = [];
  for (const page of pages.filter((name) => name.endsWith(".md"))) {
    const text = await readFile(join(REPOSITORY, page), "utf8");
    for (const [, block = ""] of text.matchAll(/```yaml\n([\s\S]*?)```/g)) {
      if (!block.includes("apiVersion:")) continue;
      const file = `${page.replaceAll(/\W/g, "-")}-${files.length}.yaml`;
      await writeFile(join(home, file), block);
      files.push(file);
    }
  }
  assert.ok(files.length >= 2);
  const { stdout, code } = await cli(["validate", ...files], { home });
  assert.equal(code, 0, stdout);
  assert.doesNotMatch(stdout, /warning/);
});

test("the examples run and give what they promise", async (t) => {
  const home = await temporaryFolder(t);
  const result = async (name: string, ...args: string[]) => {
    const file = join("examples", `${name}.yaml`);
    const { stdout, stderr, code } = await cli(["run", file, "--json", ...args], { home, cwd: REPOSITORY });
    assert.equal(code, 0, `${name}: ${stderr}`);
    return (JSON.parse(stdout) as { result: unknown }).result;
  };
  const hello = { greetings: ["Hello, Ada!", "Hello, Grace!", "Hello, Edsger!"], guests: 3, pushes: 3 };
  assert.deepEqual(await result("hello"), hello);
  assert.equal(await result("routing", "--set", "stock=7"), "sold 6, left 1");
  assert.match(String(await result("recovery")), /^\d+ lines$/);
  assert.match(String(await result("recovery", "--set", "file=/no/such/file")), /^could not count: /);
  assert.equal(await result("child", "--set", "number=12"), 144);
  assert.deepEqual(await result("parent"), [4, 9, 16]);
});
