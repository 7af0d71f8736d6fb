import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { diffLines } from "./diff.ts";

/** The lines of a side, put together from the hunks and what they leave out. */
function sides(a: string, b: string) {
  const hunks = diffLines(a, b);
  const lines = a === "" ? [] : a.split("\n");
  const made: string[] = [];
  let next = 0;
  for (const hunk of hunks) {
    made.push(...lines.slice(next, hunk.from - 1));
    next = hunk.from - 1;
    for (const { mark, text } of hunk.lines) {
      if (mark !== "-") made.push(text);
      if (mark !== "+") assert.equal(lines[next++], text);
    }
  }
  return [...made, ...lines.slice(next)].join("\n");
}

test("what changed, with three lines around it", () => {
  const hunks = diffLines("1\n2\n3\n4\n5\n6\n7\n8\n9", "1\n2\n3\n4\nfive\n6\n7\n8\n9");
  assert.deepEqual(
    hunks.map(({ from, to, lines }) => ({ from, to, text: lines.map(({ mark, text }) => mark + text) })),
    [{ from: 2, to: 2, text: [" 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8"] }],
  );
});

test("changes far apart are hunks of their own, equal texts have none", () => {
  const before = Array.from({ length: 30 }, (_, n) => `line ${n}`);
  const after = before.with(3, "x").with(25, "y");
  assert.equal(diffLines(before.join("\n"), after.join("\n")).length, 2);
  assert.deepEqual(diffLines("a\nb\n", "a\r\nb"), []);
});

test("applied to the first text, every script makes the second", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 14 }).map((lines) => lines.join("\n"));
  fc.assert(
    fc.property(text, text, (a, b) => assert.equal(sides(a, b), b)),
    { numRuns: 500 },
  );
});

test("texts with nothing in common are replaced", () => {
  const many = (word: string) => Array.from({ length: 3_000 }, (_, n) => `${word} ${n}`).join("\n");
  assert.equal(sides(many("a"), many("b")), many("b"));
});
