import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import pg from "pg";
import { startPostgres } from "../../services/postgres.ts";
import { type Attacked, attacked } from "./attacked.ts";

/** Each is found nowhere but where it was put. */
const CANARY = {
  api: "canary-api-token-5c1d",
  internal: "canary-internal-token-77ab",
  key: Buffer.from("canary-encryption-key-32-bytes!!").toString("base64"),
  credential: "canary-credential-e9f0",
  variable: "canary-environment-42de",
};

const ENV = {
  NOETL_API_TOKEN: CANARY.api,
  NOETL_INTERNAL_API_TOKEN: CANARY.internal,
  NOETL_ENCRYPTION_KEY: CANARY.key,
  NOETL_SECRET_SITE: CANARY.variable,
};

/** A site that says back what it was told, as careless ones do. */
async function echo(t: TestContext): Promise<{ url: string; heard: string[] }> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(JSON.stringify(request.headers));
    response.setHeader("content-type", "application/json");
    response.statusCode = request.url === "/bad" ? 500 : 200;
    response.end(JSON.stringify({ you_sent: request.headers }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`, heard };
}

const playbook = (url: string) => `apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: canaries, path: canaries}
workflow:
  - step: start
    tool: {kind: http, url: "${url}/good", auth: site}
    set: {ctx.echo: "{{ output.data }}"}
    next: {arcs: [{step: print}]}
  - step: print
    tool: {kind: shell, cmds: "echo $NOETL_API_TOKEN $NOETL_INTERNAL_API_TOKEN $NOETL_ENCRYPTION_KEY $NOETL_SECRET_SITE; env"}
    next: {arcs: [{step: code}]}
  - step: code
    tool: {kind: python, code: "import os\\nprint(dict(os.environ))\\nresult = dict(os.environ)"}
    next: {arcs: [{step: fail}]}
  - step: fail
    tool: {kind: http, url: "${url}/bad", auth: site}
`;

async function drill(t: TestContext, server: Attacked): Promise<string> {
  const site = await echo(t);
  const credential = { name: "site", type: "bearer", data: { token: CANARY.credential }, description: "of a site" };
  assert.equal((await server.call("POST", "/api/credentials", credential)).status, 200);
  // It is there, for who may see it.
  assert.ok((await server.call("GET", "/api/credentials/site?include_data=true")).text.includes(CANARY.credential));
  const registered = await server.call("POST", "/api/catalog/register", { content: playbook(site.url) });
  assert.equal(registered.status, 200, registered.text);
  const { id, status } = await server.run("canaries");
  assert.equal(status, "FAILED");
  assert.equal(site.heard.length >= 2, true);
  for (const headers of site.heard) assert.ok(headers.includes(CANARY.credential), "the site is told the secret");
  // Wrong tokens and secrets where none belong are not repeated in the log either.
  await server.call("GET", `/api/executions?status=x`, undefined, { authorization: `Bearer ${CANARY.api}x` });
  return id;
}

function clean(place: string, text: string): void {
  for (const [name, secret] of Object.entries(CANARY))
    assert.ok(!text.includes(secret), `the ${name} canary is in ${place}: ${around(text, secret)}`);
}

const around = (text: string, secret: string) =>
  text.slice(Math.max(0, text.indexOf(secret) - 120), text.indexOf(secret) + 20);

/** Every page that can be read, of this run and in general. */
async function readApi(server: Attacked, id: string): Promise<void> {
  const internal = { authorization: `Bearer ${CANARY.internal}` };
  const { paths } = JSON.parse((await server.call("GET", "/api/openapi.json")).text) as { paths: object };
  for (const [path, methods] of Object.entries(paths as { [path: string]: object })) {
    if (!("get" in methods) || path.includes("sealed")) continue;
    for (const value of [id, "site", "canaries"]) {
      const address = path.replaceAll(/\{[^}]+\}/g, value);
      for (const query of ["", "?full=true&page_size=500&order=asc"])
        clean(`GET ${address}${query}`, (await server.call("GET", address + query, undefined, internal)).text);
    }
  }
}

async function filesUnder(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
}

test("secrets are in no log, answer, metric or file of a server on SQLite", async (t) => {
  const server = await attacked(ENV);
  t.after(() => server.close());
  const id = await drill(t, server);
  await readApi(server, id);
  clean("the log", server.said());
  const files = await filesUnder(server.folder);
  assert.ok(
    files.some((file) => /\.(db|sqlite)/.test(file)),
    files.join(" "),
  );
  for (const file of files) clean(file, await readFile(file, "latin1"));
});

const postgres = await startPostgres();
after(() => postgres.stop());

test("secrets are in no log, answer, metric or table of a server on PostgreSQL", async (t) => {
  const { url, password } = await postgres.createDatabase();
  const server = await attacked({ ...ENV, NOETL_DATABASE_URL: url });
  t.after(() => server.close());
  const id = await drill(t, server);
  await readApi(server, id);
  clean("the log", server.said());
  assert.ok(!server.said().includes(password), "the password of the database is in the log");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  t.after(() => client.end());
  const tables = await client.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
  );
  assert.ok(tables.rows.length > 5);
  for (const { name } of tables.rows) {
    const { rows } = await client.query<{ row: string }>(`SELECT row_to_json(t)::text AS row FROM ${name} t`);
    for (const { row } of rows) clean(`table ${name}`, row);
  }
});
