import assert from "node:assert/strict";
import { test } from "node:test";
import { createResources } from "./resources.ts";

test("a resource is made once, and all are closed in the opposite order", async () => {
  const resources = createResources();
  const closed: string[] = [];
  let made = 0;
  const make = (key: string) =>
    resources.get(
      key,
      () => `${key}${++made}`,
      (value) => void closed.push(value),
    );
  assert.equal(make("a"), "a1");
  assert.equal(make("b"), "b2");
  assert.equal(make("a"), "a1");
  await resources.close();
  assert.deepEqual(closed, ["b2", "a1"]);
  assert.equal(make("a"), "a3");
});

test("a failure to close does not keep the others open", async () => {
  const resources = createResources();
  let closed = false;
  resources.get(
    "good",
    () => 1,
    () => {
      closed = true;
    },
  );
  resources.get(
    "bad",
    () => 2,
    () => Promise.reject(new Error("stuck")),
  );
  await assert.rejects(resources.close(), /stuck/);
  assert.equal(closed, true);
});
