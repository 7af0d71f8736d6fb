import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { answeringServer, cli, type Routes, type Seen, temporaryFolder } from "@noetl/sdk/testing";
import { playbooksOnly, splitDocuments } from "./document.ts";
import { expandEnvironment } from "./expand.ts";
import { findDocuments } from "./find.ts";
import type { Registration } from "./register.ts";

const PLAYBOOK = (path: string) =>
  `apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: p, path: ${path}}\nworkflow: [{step: start, tool: {kind: noop}}]\n`;
const CREDENTIAL = { name: "pg", type: "postgres", data: { password: "hunter2" } };

const text = (seen: Seen) => Buffer.from(String((seen.body as { content: string }).content), "base64").toString();

const ROUTES: Routes = {
  "POST /api/catalog/register": (seen) => {
    const path = /path: ([\w/]+)/.exec(text(seen))?.[1];
    if (path === "t/refused") return [422, { detail: "workflow: a step has no tool", status: 422 }];
    return [200, { status: "success", path, version: 2, catalog_id: 55, kind: "Playbook" }];
  },
  "POST /api/credentials": (seen) => [200, { id: 7, ...(seen.body as object), data: undefined }],
};

test("a text of several documents is taken apart, also around texts that look like markers", () => {
  const several = splitDocuments("f", `# first\n---\n${PLAYBOOK("a/b")}---\nkind: Agent\nmetadata: {name: x}\n`);
  assert.deepEqual(
    several.map(({ file, kind }) => [file, kind]),
    [
      ["f#1", "playbook"],
      ["f#2", "agent"],
    ],
  );
  assert.equal(splitDocuments("f", PLAYBOOK("a/b"))[0]?.text, PLAYBOOK("a/b"));
  assert.equal(splitDocuments("f", "a: |\n  ---\n  x\nkind: Memory\n").length, 1);
});

test("a secret is not stored because the command for playbooks was typed", () => {
  const [secret, playbook] = playbooksOnly([
    { file: "pg.json", text: "", kind: "credential" },
    { file: "p.yaml", text: "", kind: "playbook" },
  ]);
  assert.match(secret?.problem ?? "", /is a credential; noetl register credential/);
  assert.equal(playbook?.problem, undefined);
});

test("cli.md §8 #34, #35: what a document is, is in its content", () => {
  const kind = (text: string) => splitDocuments("f", text)[0]?.kind;
  assert.equal(kind(JSON.stringify(CREDENTIAL)), "credential");
  assert.equal(kind(JSON.stringify([CREDENTIAL])), "credential");
  assert.equal(kind("kind: Secret"), "credential");
  assert.equal(kind("workflow: []"), "playbook");
  // Words in comments and texts are no keys.
  assert.equal(kind("# kind: Credential\nworkflow: []\n# type: postgres"), "playbook");
  assert.equal(kind('name: pg\ntype: postgres\ndata: {note: "kind: Playbook, workflow: []"}'), "credential");
  assert.equal(kind("a: 1"), undefined);
  assert.match(splitDocuments("f", "a: [")[0]?.problem ?? "", /neither YAML nor JSON/);
});

test("variables are put into data, a missing one is an error", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what stands in the file
  const data = { user: "u", password: "${PW}-x", list: ["${PW}"] };
  assert.deepEqual(expandEnvironment(data, { PW: "p" }, "f"), { user: "u", password: "p-x", list: ["p"] });
  assert.throws(() => expandEnvironment(data, {}, "f"), /variable PW is not set/);
});

test("cli.md §8 #34: a folder is read with everything below it, and what lies about is passed over", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "deep/er"), { recursive: true });
  await mkdir(join(folder, "node_modules"));
  await writeFile(join(folder, "deep/er/a.yaml"), PLAYBOOK("t/a"));
  await writeFile(join(folder, "node_modules/b.yaml"), PLAYBOOK("t/b"));
  await writeFile(join(folder, "values.yaml"), "replicas: {{ .Values.n }}");
  await writeFile(join(folder, "package.json"), "{}");
  const links = process.platform !== "win32";
  if (links) await symlink(join(folder, "gone.yaml"), join(folder, "dangling.yaml"));
  await writeFile(join(folder, "broken.yml"), "apiVersion: noetl.io/v2\nkind: [");
  await writeFile(join(folder, "latin.yaml"), Buffer.from("apiVersion: noetl.io/v2 # \xe9", "latin1"));
  const found = await findDocuments([folder], (kind) => kind === "playbook");
  assert.deepEqual(
    found.map(({ file, problem }) => [file.slice(folder.length + 1), problem?.split(":")[0]]),
    [
      ["broken.yml", "is neither YAML nor JSON"],
      ...(links ? [["dangling.yaml", "cannot be read"]] : []),
      ["deep/er/a.yaml", undefined],
      ["latin.yaml", "is not UTF-8 text"],
    ],
  );
  await assert.rejects(
    findDocuments([join(folder, "missing")], () => true),
    /there is no file/,
  );
});

test("cli.md §8 #34, §9.9: one bad file keeps no other from being registered, and the exit code is 1", async (t) => {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, ROUTES);
  await mkdir(join(home, "flows"));
  await writeFile(join(home, "flows/1-refused.yaml"), PLAYBOOK("t/refused"));
  await writeFile(join(home, "flows/2-broken.yaml"), "apiVersion: noetl.io/v2\nkind: [");
  await writeFile(join(home, "flows/3-good.yaml"), PLAYBOOK("t/good"));
  const args = ["register", "playbook", "-d", "flows", "--server-url", server.url];
  const { stdout, code } = await cli(args, { home });
  assert.equal(code, 1);
  assert.match(stdout, /3-good\.yaml +t\/good +2 +55 +registered/);
  assert.match(stdout, /1-refused\.yaml: workflow: a step has no tool/);
  assert.match(stdout, /1 document registered, 2 failed\n$/);
  const json = await cli([...args, "--json"], { home });
  const { registrations, failed } = JSON.parse(json.stdout) as { registrations: Registration[]; failed: number };
  assert.equal(failed, 2);
  assert.deepEqual(
    registrations.map(({ status }) => status),
    ["failed", "failed", "registered"],
  );
});

test("what is wrong with a refused playbook is shown at its place", async (t) => {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, ROUTES);
  const bad = PLAYBOOK("t/refused").replace("step: start,", "step: start, next: nowhere,");
  await writeFile(join(home, "bad.yaml"), bad);
  for (const dry of [[], ["--dry-run"]]) {
    const { stdout, code } = await cli(["register", "playbook", "bad.yaml", ...dry, "--server-url", server.url], {
      home,
    });
    assert.equal(code, 1);
    assert.match(stdout, /bad\.yaml:\d+:\d+ error E_NEXT_TARGET .*'nowhere'\n.*\n.*\^{7}/s);
  }
});

test("files, several documents and stdin are registered as they are written", async (t) => {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, ROUTES);
  const input = `${PLAYBOOK("t/one")}---\n${PLAYBOOK("t/two")}`;
  const { stdout, code } = await cli(
    ["register", "playbook", "-", "--recursive", "--server-url", server.url, "-o", "name"],
    {
      home,
      input,
    },
  );
  assert.equal(code, 0);
  assert.equal(stdout, "t/one\nt/two\n");
  assert.equal(text(server.seen[0] as Seen), PLAYBOOK("t/one"));
});

test("--dry-run checks and sends nothing", async (t) => {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, ROUTES);
  await writeFile(join(home, "bad.yaml"), PLAYBOOK("t/x").replace("step: start", "step: start, next: nowhere"));
  await writeFile(join(home, "good.yaml"), PLAYBOOK("t/x"));
  const { stdout, code } = await cli(
    ["register", "playbook", "bad.yaml", "good.yaml", "--dry-run", "--server-url", server.url],
    { home },
  );
  assert.equal(code, 1);
  assert.match(stdout, /good\.yaml +t\/x +valid/);
  assert.match(stdout, /bad\.yaml:4:32 error E_/);
  assert.equal(server.seen.length, 0);
});

test("credentials go to the server, from JSON and YAML, with variables; the secret is printed nowhere", async (t) => {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, ROUTES);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what stands in the file
  await writeFile(join(home, "c.yaml"), "name: api\ntype: bearer\ndata: {token: '${API_TOKEN}'}");
  await writeFile(join(home, "c.json"), JSON.stringify(CREDENTIAL));
  const env = { API_TOKEN: "hunter3", NOETL_SERVER_URL: server.url };
  const { stdout, stderr, code } = await cli(["register", "credential", ".", "--expand-env"], { home, env });
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    server.seen.map(({ body }) => body),
    [CREDENTIAL, { name: "api", type: "bearer", data: { token: "hunter3" } }],
  );
  assert.doesNotMatch(stdout + stderr, /hunter/);
  const missing = await cli(["register", "credential", "c.yaml", "--expand-env"], {
    home,
    env: { NOETL_SERVER_URL: server.url },
  });
  assert.equal(missing.code, 1);
  assert.match(missing.stdout, /API_TOKEN is not set/);
});

test("cli.md §8 #35: catalog register takes each document for what it is", async (t) => {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, ROUTES);
  await writeFile(join(home, "pg.json"), JSON.stringify(CREDENTIAL));
  await writeFile(join(home, "p.yaml"), PLAYBOOK("t/good"));
  const { stdout, code } = await cli(["catalog", "register", "pg.json", "p.yaml", "--server-url", server.url], {
    home,
  });
  assert.equal(code, 0, stdout);
  assert.deepEqual(
    server.seen.map(({ path }) => path),
    ["/api/credentials", "/api/catalog/register"],
  );
});

test("nothing named is misuse, nothing found is not found, no session ends the whole", async (t) => {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, { "POST /api/catalog/register": [401, { detail: "no session" }] });
  const env = { NOETL_SERVER_URL: server.url };
  assert.equal((await cli(["register", "playbook"], { home, env })).code, 2);
  assert.equal((await cli(["register", "playbook", "."], { home, env })).code, 3);
  await writeFile(join(home, "a.yaml"), `${PLAYBOOK("t/a")}---\n${PLAYBOOK("t/b")}`);
  const { code, stderr } = await cli(["register", "playbook", "a.yaml"], { home, env });
  assert.equal(code, 77);
  assert.match(stderr, /auth login/);
  assert.equal(server.seen.length, 1);
});
