import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { compile } from "./index.ts";

interface Case {
  group: string;
  template: string;
  output?: string;
  error?: string;
}

const file = new URL("../../../../shared/fixtures/jinja/cases.json", import.meta.url);

test("every conformance case prints to the letter", {
  skip: existsSync(file) ? false : "no shared fixtures here",
}, () => {
  const { context, cases } = JSON.parse(readFileSync(file, "utf8")) as {
    context: Record<string, unknown>;
    cases: Case[];
  };
  assert.ok(cases.length > 100);
  const names = { lookup: (name: string) => (Object.hasOwn(context, name) ? context[name] : undefined) };
  const wrong = cases.flatMap(({ template, output, error }) => {
    let seen: string;
    try {
      seen = compile(template).renderText(names, { now: () => 0 });
    } catch (thrown) {
      seen = `ERROR ${thrown instanceof Error ? thrown.message : thrown}`;
    }
    return (error === undefined ? seen === output : seen.startsWith("ERROR"))
      ? []
      : [{ template, wanted: output ?? error, seen }];
  });
  assert.deepEqual(wrong, []);
});
