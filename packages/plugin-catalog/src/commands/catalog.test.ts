import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { answeringServer, cli, type Routes, type Seen, temporaryFolder } from "@noetl/sdk/testing";

const VERSIONS = ["a: 1\nb: 2\n", "a: 1\nb: 3\n"];
const entry = (version: number) => ({
  path: "demo/orders",
  kind: "Playbook",
  version,
  catalog_id: 50 + version,
  content: VERSIONS[version - 1],
  created_at: "2026-04-01 08:00:00",
});

const ROUTES: Routes = {
  "POST /api/catalog/list": ({ body }) => {
    const kind = (body as { resource_type?: string }).resource_type;
    // Stored and compared in upper case, as one generation does.
    const all = [entry(2), entry(1), { ...entry(1), path: "demo/cleanup", catalog_id: 60 }];
    return [200, { entries: kind === undefined || kind === "Playbook" ? all : [] }];
  },
  "POST /api/catalog/resource": ({ body }) => {
    const {
      path,
      version,
      catalog_id: id,
    } = body as { path?: string; version?: number | "latest"; catalog_id?: string };
    if (path !== "demo/orders" && id === undefined) return [404, { detail: "Catalog entry not found" }];
    return [200, entry(version === undefined || version === "latest" ? 2 : version)];
  },
  "GET /api/credentials": [200, { items: [{ id: 1, name: "pg", type: "postgres" }] }],
  "POST /api/catalog/delete": [200, { status: "success", count: 1, deleted: [] }],
};

async function ask(t: Parameters<typeof temporaryFolder>[0], args: string[], routes: Routes = ROUTES) {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, routes);
  await writeFile(join(home, "orders.yaml"), "a: 1\nb: 3\nc: 4\n");
  return { ...(await cli(args, { home, env: { NOETL_SERVER_URL: server.url } })), seen: server.seen };
}

test("cli.md §8 #6: the list finds every kind in every spelling, credentials included", async (t) => {
  for (const word of ["playbook", "Playbook", "playbooks"]) {
    const { stdout } = await ask(t, ["list", word]);
    assert.match(
      stdout,
      /^PATH +VERSION +KIND +CREATED\ndemo\/cleanup +1 +playbook .*\ndemo\/orders +2 .*\n2 entries\n$/,
      word,
    );
  }
  assert.equal((await ask(t, ["catalog", "list", "Credential", "-o", "name"])).stdout, "pg\n");
});

test("a kind that the catalog does not have is an empty list, and a hint on stderr", async (t) => {
  const slip = await ask(t, ["catalog", "list", "playbok"]);
  assert.deepEqual([slip.code, slip.stdout], [0, "0 entries\n"]);
  assert.match(
    slip.stderr,
    /no kind 'playbok'; those known here: agent, credential, playbook; did you mean 'playbook'\?/,
  );
  const known = await ask(t, ["catalog", "list", "agents"]);
  assert.deepEqual([known.code, known.stdout, known.stderr], [0, "0 entries\n", ""]);
});

test("every version, or those under a path", async (t) => {
  const { stdout } = await ask(t, ["catalog", "list", "--all-versions", "--path", "demo/o", "--json"]);
  const { entries } = JSON.parse(stdout) as { entries: { path: string; version: number; catalog_id: string }[] };
  assert.deepEqual(
    entries.map(({ version, catalog_id: id }) => [version, id]),
    [
      [2, "52"],
      [1, "51"],
    ],
  );
});

test("get shows an entry; --content is the text and nothing else", async (t) => {
  const { stdout } = await ask(t, ["catalog", "get", "demo/orders"]);
  assert.match(stdout, /^demo\/orders {2}playbook {2}version 2 {2}2026-04-01T08:00:00.000Z {2}52\n\na: 1\nb: 3\n$/);
  assert.equal((await ask(t, ["get", "demo/orders@1", "--content"])).stdout, VERSIONS[0]);
  assert.deepEqual((await ask(t, ["catalog", "get", "catalog://demo/orders", "-V", "1"])).seen[0]?.body, {
    path: "demo/orders",
    version: 1,
  });
});

test("cli.md §8 #29: an entry that is not there exits 3 and suggests", async (t) => {
  const { code, stderr } = await ask(t, ["catalog", "get", "demo/order"]);
  assert.equal(code, 3);
  assert.match(stderr, /did you mean 'demo\/orders'\?/);
});

test("cli.md §8 #16: diff shows the last change, two versions, or a file against the catalog", async (t) => {
  const last = await ask(t, ["catalog", "diff", "demo/orders"]);
  assert.equal(last.stdout, "--- demo/orders@1\n+++ demo/orders@2\n@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n+b: 3\n");
  assert.equal(last.code, 0);
  const file = await ask(t, ["catalog", "diff", "demo/orders", "orders.yaml", "--exit-code", "--json"]);
  assert.equal(file.code, 1);
  assert.equal((JSON.parse(file.stdout) as { differ: boolean }).differ, true);
  const same = await ask(t, ["catalog", "diff", "demo/orders@2", "demo/orders", "--exit-code"]);
  assert.deepEqual([same.code, same.stdout], [0, ""]);
});

test("delete wants an answer, names what it deletes, and says when a server cannot", async (t) => {
  const refused = await ask(t, ["catalog", "delete", "demo/orders"]);
  assert.equal(refused.code, 2);
  assert.equal(
    refused.seen.some(({ path }) => path.endsWith("/delete")),
    false,
  );
  const one = await ask(t, ["catalog", "delete", "demo/orders@1", "--yes"]);
  assert.match(one.stdout, /deleted demo\/orders@1 \(1 version\)/);
  assert.deepEqual((one.seen.at(-1) as Seen).body, { path: "demo/orders", version: 1 });
  const all = await ask(t, ["catalog", "delete", "demo/orders", "--yes"]);
  assert.deepEqual((all.seen.at(-1) as Seen).body, { path: "demo/orders" });
  const { "POST /api/catalog/delete": _none, ...older } = ROUTES;
  const cannot = await ask(t, ["catalog", "delete", "demo/orders", "--yes"], older);
  assert.equal(cannot.code, 1);
  assert.match(cannot.stderr, /cannot delete entries/);
});
