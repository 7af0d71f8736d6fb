import assert from "node:assert/strict";
import { test } from "node:test";
import { answeringServer, cli, type Routes, temporaryFolder } from "@noetl/sdk/testing";

const PG = { id: 7, name: "pg/main", type: "postgres", tags: ["a"], description: "main" };
const SECRET = { db_password: "hunter2" };

/** One generation sends the data whatever it was asked. */
const ROUTES: Routes = {
  "GET /api/credentials": [200, { items: [PG] }],
  "GET /api/credentials/pg/main": [200, { ...PG, data: SECRET }],
  "POST /api/credentials": ({ body }) => [200, { id: 8, ...(body as object), data: undefined }],
  "DELETE /api/credentials/pg/main": [200, { message: "deleted", id: 7 }],
  "POST /api/internal/wallet/rotate-kek": [200, { status: "ok", rewrapped: 2, renewed: false }],
  "GET /api/internal/wallet/key-status": [200, { status: "ok", current: "k2", stale: 1 }],
};

async function setUp(t: Parameters<typeof temporaryFolder>[0]) {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, ROUTES);
  const ask = (args: string[], input?: string) =>
    cli(["credential", ...args], { home, ...(input !== undefined && { input }) });
  return { home, server, ask };
}

test("cli.md §8 #13, §9.11: a server's secret is shown only with --reveal, and asked for only then", async (t) => {
  const { server, ask } = await setUp(t);
  const where = ["--server-url", server.url];
  for (const args of [["get", "pg/main"], ["get", "pg/main", "--json"], ["list"]]) {
    const { stdout, stderr } = await ask([...args, ...where]);
    assert.doesNotMatch(stdout + stderr, /hunter2/, args.join(" "));
  }
  assert.equal(server.seen[0]?.query.include_data, "false");
  assert.match((await ask(["get", "pg/main", "--reveal", ...where])).stdout, /db_password: hunter2/);
  assert.equal(server.seen.at(-1)?.query.include_data, "true");
});

test("credentials of a server are stored, listed and deleted", async (t) => {
  const { server, ask } = await setUp(t);
  const where = ["--remote", "--server-url", server.url];
  const stored = await ask(["register", "-", ...where, "--json"], JSON.stringify({ name: "api", data: { a: 1 } }));
  assert.deepEqual((JSON.parse(stored.stdout) as { credentials: object[] }).credentials, [
    { id: "8", name: "api", type: "generic" },
  ]);
  assert.match(
    (await ask(["list", ...where, "--type", "postgres"])).stdout,
    /pg\/main +postgres +a +main\n1 credential on http/,
  );
  assert.equal(server.seen.at(-1)?.query.type, "postgres");
  assert.equal((await ask(["delete", "pg/main", "--yes", ...where])).code, 0);
  const unknown = await ask(["get", "nix", ...where]);
  assert.equal(unknown.code, 3);
  assert.match(unknown.stderr, /no credential 'nix' on http/);
});

test("a server is asked to rotate its key, and what is left is told", async (t) => {
  const { server, ask } = await setUp(t);
  const { stdout, stderr } = await ask(["rotate", "--server-url", server.url]);
  assert.equal(stdout, `2 secrets moved to the key that was given (k2) on ${server.url}\n`);
  assert.match(stderr, /1 secret still under another key/);
});

test("this machine is meant unless a server is: by flag, by the context, by --remote", async (t) => {
  const { home, server, ask } = await setUp(t);
  const place = async (...args: string[]) => /on (.*)\n$/.exec((await ask(["list", ...args])).stdout)?.[1];
  assert.equal(await place(), "this machine");
  assert.equal(await place("--server-url", server.url), server.url);
  assert.equal(await place("--server-url", server.url, "--local"), "this machine");
  // A context of this machine is not enough, one that runs playbooks on its server is.
  await cli(["context", "add", "c", "--server-url", server.url], { home });
  assert.equal(await place(), "this machine");
  assert.equal(await place("--remote"), server.url);
  await cli(["context", "set-runtime", "distributed"], { home });
  assert.equal(await place(), server.url);
  assert.equal(await place("--local"), "this machine");
});
