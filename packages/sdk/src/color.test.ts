import assert from "node:assert/strict";
import { test } from "node:test";
import { palette, wantsColor } from "./color.ts";

test("a terminal has colour, anything else has not", () => {
  assert.equal(wantsColor({ env: {}, isTTY: true }), true);
  assert.equal(wantsColor({ env: {}, isTTY: false }), false);
});

test("the environment decides, NO_COLOR first", () => {
  const cases: [Record<string, string>, boolean, boolean][] = [
    [{ NO_COLOR: "1" }, true, false],
    [{ NO_COLOR: "" }, true, true],
    [{ NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "0" }, true, false],
    [{ CLICOLOR_FORCE: "1", TERM: "dumb" }, false, true],
    [{ CLICOLOR_FORCE: "0" }, false, false],
    [{ TERM: "dumb" }, true, false],
    [{ CLICOLOR: "0" }, true, false],
  ];
  for (const [env, isTTY, wanted] of cases) assert.equal(wantsColor({ env, isTTY }), wanted, JSON.stringify(env));
});

test("without colour text is left alone", () => {
  assert.equal(palette(false).red("x"), "x");
  assert.equal(palette(true).red("x"), "\u001b[31mx\u001b[39m");
});
