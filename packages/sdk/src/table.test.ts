import assert from "node:assert/strict";
import { test } from "node:test";
import { displayWidth, fit, table } from "./table.ts";

test("columns align, also with wide characters and colour", () => {
  assert.equal(
    table(
      ["name", "n"],
      [
        ["日本", "1"],
        ["\u001b[31mab\u001b[39m", "22"],
      ],
    ),
    "NAME  N\n日本  1\n\u001b[31mab\u001b[39m    22",
  );
});

test("combining marks take no column, emoji two", () => {
  assert.equal(displayWidth("e\u0301"), 1);
  assert.equal(displayWidth("🚀"), 2);
});

test("text is cut to whole characters", () => {
  assert.equal(fit("abcdef", 4), "abc…");
  assert.equal(fit("日本語", 4), "日…");
  assert.equal(fit("abc", 3), "abc");
});
