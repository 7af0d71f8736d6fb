import assert from "node:assert/strict";
import { test } from "node:test";
import { pluginsFolder } from "./folder.ts";

test("plugins live in the data folder", () => {
  assert.equal(pluginsFolder({ NOETL_HOME: "/n" }, "/h"), "/n/plugins");
  assert.equal(pluginsFolder({}, "/h"), "/h/.local/share/noetl/plugins");
  assert.equal(pluginsFolder({ XDG_DATA_HOME: "/d" }, "/h"), "/d/noetl/plugins");
  assert.equal(pluginsFolder({ XDG_DATA_HOME: "relative" }, "/h"), "/h/.local/share/noetl/plugins");
});
