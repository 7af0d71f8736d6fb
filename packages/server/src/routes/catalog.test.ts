import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { isObject, type JsonObject } from "@noetl/core";
import { ended, execute, playbook, register, startServer, type TestServer } from "../testing/kit.ts";
import { testWorker } from "../testing/worker.ts";

describe("catalog", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());
  const resource = (body: JsonObject) => server.ok("POST", "/api/catalog/resource", body);

  it("makes every registration a version, plain or base64", async () => {
    const text = playbook("cat/one", { start: [] });
    const plain = await register(server, text);
    const encoded = await register(server, Buffer.from(text).toString("base64"));
    assert.deepEqual([plain.version, encoded.version, plain.kind, plain.status], [1, 2, "playbook", "success"]);
    assert.equal(typeof plain.catalog_id, "string");
    for (const version of [1, "2", "latest"])
      assert.equal((await resource({ path: "cat/one", version })).content, text);
    assert.equal((await resource({ catalog_id: String(plain.catalog_id) })).version, 1);
    assert.equal((await server.call("POST", "/api/catalog/resource", { path: "cat/none" })).status, 404);
    assert.equal((await server.call("POST", "/api/catalog/resource", {})).status, 422);
  });

  it("refuses what is no playbook with every finding", async () => {
    const bad = playbook("cat/bad", { start: ["nowhere"] });
    const answer = await server.call("POST", "/api/catalog/register", { content: bad });
    assert.equal(answer.status, 422);
    assert.ok(isObject(answer.body) && isObject(answer.body.detail));
    assert.ok(Array.isArray(answer.body.detail.diagnostics) && answer.body.detail.diagnostics.length > 0);
    assert.equal((await server.call("POST", "/api/catalog/register", { content: "a b c d" })).status, 422);
  });

  it("keeps credentials out of the catalog", async () => {
    const content =
      "apiVersion: noetl.io/v2\nkind: Credential\nmetadata: {name: secret_one}\ntype: generic\ndata: {token: hush-hush-hush}\n";
    const made = await server.ok("POST", "/api/catalog/register", { content, resource_type: "Credential" });
    assert.equal(made.kind, "credential");
    assert.ok(!(await server.call("POST", "/api/catalog/list", {})).text.includes("hush"));
    const found = await server.ok("GET", "/api/credentials/secret_one?include_data=true");
    assert.deepEqual(found.data, { token: "hush-hush-hush" });
  });

  it("lists by kind in any case, and paths once", async () => {
    for (const resource_type of ["Playbook", "playbooks", "playbook"]) {
      const { entries } = await server.ok("POST", "/api/catalog/list", { resource_type });
      assert.equal((entries as JsonObject[]).length, 2, resource_type);
    }
    const paths = await server.call("GET", "/api/catalog/list/Playbook");
    assert.deepEqual(paths.body, ["cat/one"]);
    assert.deepEqual(await server.ok("POST", "/api/catalog/agents/list", {}), { entries: [] });
  });

  it("draws a form from the workload", async () => {
    const workload = `workload:
  # ui:description=Who is greeted
  name: x
  level: low # ui:enum=[low, "high"]
  # ui:secret
  key: abc
  nested:
    depth: 2
  ratio: 0.5
`;
    await register(server, playbook("cat/form/deep", { start: [] }, workload));
    const form = await server.ok("GET", "/api/catalog/cat/form/deep/ui_schema?version=latest");
    const fields = form.fields as JsonObject[];
    assert.deepEqual(
      fields.map(({ name, kind }) => `${name}:${kind}`),
      ["name:string", "level:enum", "key:string", "nested:object", "ratio:number"],
    );
    assert.equal(fields[0]?.description, "Who is greeted");
    assert.deepEqual(fields[1]?.options, ["low", "high"]);
    assert.equal(fields[2]?.secret, true);
    const children = (fields[3]?.children ?? []) as JsonObject[];
    assert.equal(children[0]?.kind, "integer");
    assert.equal((await server.call("GET", "/api/catalog/cat/form/deep")).status, 404);
  });

  it("deletes what nothing refers to and archives the rest", async () => {
    await register(server, playbook("cat/gone", { start: [] }));
    const id = await execute(server, "cat/gone");
    await register(server, playbook("cat/gone", { start: [] }));
    const gone = await server.ok("POST", "/api/catalog/delete", { path: "cat/gone" });
    assert.equal(gone.count, 2);
    assert.equal((await server.ok("POST", "/api/catalog/delete", { path: "cat/gone", version: 9 })).count, 0);
    assert.equal((await server.call("POST", "/api/execute", { path: "cat/gone" })).status, 404);
    assert.equal((await server.ok("POST", "/api/catalog/restore", { path: "cat/gone" })).count, 1);
    await testWorker(server).drain();
    assert.equal((await ended(server, id)).status, "COMPLETED", "a run keeps the text it was started with");
  });
});
