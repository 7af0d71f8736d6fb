import assert from "node:assert/strict";
import { test } from "node:test";
import { documentText, enveloped } from "./document.ts";

const list = { executions: [{ execution_id: "1", path: "a/b" }, { execution_id: "2" }], total: 2n };

test("a list prints as one document, as rows, as names", async () => {
  assert.equal(
    await documentText(list, "json"),
    '{"executions":[{"execution_id":"1","path":"a/b"},{"execution_id":"2"}],"total":"2"}\n',
  );
  assert.equal(
    await documentText(list, "ndjson", "executions"),
    '{"execution_id":"1","path":"a/b"}\n{"execution_id":"2"}\n',
  );
  assert.equal(await documentText(list, "name", "executions"), "1\n2\n");
  assert.match(await documentText(list, "yaml"), /^executions:\n {2}- execution_id: "1"\n/);
});

test("what is no list is one row, an empty list is none", async () => {
  assert.equal(await documentText({ name: "n", steps: [] }, "name"), "n\n");
  assert.equal(await documentText({ executions: [] }, "ndjson", "executions"), "");
});

test("every document names its schema, and keeps one it has", () => {
  assert.deepEqual(enveloped("credential:get", { name: "n" }), { schema: "noetl.credential.get/1", name: "n" });
  assert.deepEqual(enveloped("run", { schema: "noetl.run/1" }), { schema: "noetl.run/1" });
  assert.deepEqual(enveloped("schema", { $schema: "x" }), { $schema: "x" });
});
