import assert from "node:assert/strict";
import { test } from "node:test";
import { shimOf } from "./shim.ts";

const us = { pid: 20, ppid: 10 };

test("a shim that became this process, and one that waits for it", () => {
  const path = "/bin/noetl";
  assert.deepEqual(shimOf({ NOETL_SHIM: path, NOETL_SHIM_PID: "20" }, us), { path, kind: "replaced" });
  assert.deepEqual(shimOf({ NOETL_SHIM: path, NOETL_SHIM_PARENT: "10" }, us), { path, kind: "parent" });
});

test("a process that noetl started has no shim, although it inherits the variables", () => {
  assert.equal(shimOf({ NOETL_SHIM: "/bin/noetl", NOETL_SHIM_PID: "10" }, us), undefined);
  assert.equal(shimOf({ NOETL_SHIM: "/bin/noetl", NOETL_SHIM_PARENT: "5" }, us), undefined);
  assert.equal(shimOf({}, us), undefined);
});
