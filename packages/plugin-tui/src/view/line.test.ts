import assert from "node:assert/strict";
import { test } from "node:test";
import { cut, ends, fill, line, painted, safe, widthOf } from "./line.ts";

const text = (spans: ReturnType<typeof line>) => painted(spans, false);

test("a line is cut to its width with an ellipsis, wide characters and all", () => {
  const spans = line("abc", ["def", { color: "red" }]);
  assert.equal(text(cut(spans, 6)), "abcdef");
  assert.equal(text(cut(spans, 5)), "abcd…");
  assert.equal(text(cut(spans, 3)), "ab…");
  assert.equal(text(cut(spans, 1)), "…");
  assert.equal(text(cut(spans, 0)), "");
  assert.equal(text(cut(line("名前名前"), 5)), "名前…");
  for (let width = 0; width < 12; width++) {
    assert.equal(widthOf(fill(line("名前", "ab", "名前"), width)), width);
  }
});

test("right parts stay at the right, and go when there is no room", () => {
  assert.equal(text(ends(line("left"), line("right"), 14)), "left     right");
  assert.equal(text(ends(line("a long left part"), line("right"), 16)), "a long le… right");
  assert.equal(text(ends(line("left"), line("right"), 10)), "left");
});

test("nothing that others wrote can move the cursor", () => {
  assert.equal(safe("a\u001b[2Jb\r\nc\u0007d\u009b"), "ab c d ");
});

test("without colour there is no style at all", () => {
  const spans = line(["a", { color: "green", bold: true }], "b");
  assert.equal(painted(spans, true), "\u001b[1;32ma\u001b[0mb");
  assert.equal(painted(spans, false), "ab");
});
