import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compile, TemplateError } from "./index.ts";

const CONTEXT: Record<string, unknown> = {
  name: "grace",
  n: 3,
  f: 2.25,
  t: true,
  lst: [7, 2, 5],
  users: [
    { name: "dan", age: 41, active: true },
    { name: "eve", age: 19, active: false },
    { name: "flo", age: 41, active: true },
  ],
  d: { z: 2, a: 1, nested: { x: [1, 2, { y: "leaf" }] } },
  s: "Good Morning",
};
const names = { lookup: (name: string) => (Object.hasOwn(CONTEXT, name) ? CONTEXT[name] : undefined) };

/** Pairs of lines: a template; `> ` and what Python's Jinja2 3.1 prints, or `! ` and our code where it raises. */
function readCases(): { template: string; wanted: string }[] {
  const lines = readFileSync(new URL("jinja.cases.txt", import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  return lines.flatMap((line, i) => (i % 2 === 0 ? [{ template: line, wanted: lines[i + 1] ?? "" }] : []));
}

function outcome(template: string): string {
  try {
    return `> ${compile(template).renderText(names)}`;
  } catch (error) {
    if (error instanceof TemplateError) return `! ${error.code}`;
    throw error;
  }
}

test("templates print what Jinja2 prints", () => {
  const cases = readCases();
  assert.ok(cases.length > 150);
  const wrong = cases.flatMap(({ template, wanted }) => {
    const expected = wanted.startsWith(">") ? JSON.parse(`"${wanted.replaceAll('"', '\\"')}"`) : wanted;
    const seen = outcome(template);
    return seen === expected ? [] : [{ template, expected, seen }];
  });
  assert.deepEqual(wrong, []);
});
