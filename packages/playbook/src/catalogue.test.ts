import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { type ParseOptions, parsePlaybook } from "./parse.ts";
import { book, undent } from "./testing/book.ts";
import { CASES } from "./testing/catalogue.ts";

/** `#!` marks the line on which the finding must stand. */
const MARK = /#!.*/;

for (const { code, text, steps, head, options, severity } of CASES) {
  const source = text === undefined ? book(steps ?? "- {step: a, tool: {kind: noop}}", head) : undent(text);
  test(`${code}: ${firstLine(steps ?? head ?? text ?? "")}`, () => {
    const marked = source.split("\n").findIndex((line) => MARK.test(line)) + 1;
    const clean = source.replace(/ *#!.*/g, "");
    const { diagnostics, playbook } = parsePlaybook(clean, options as ParseOptions);
    const found = diagnostics.filter((finding) => finding.code === code);
    assert.ok(
      found.length > 0,
      `not told; told were ${diagnostics.map((finding) => `${finding.code} ${finding.message}`).join(" | ")}`,
    );
    const [first] = found;
    if (marked > 0) assert.equal(first?.line, marked, `${first?.message}`);
    const wanted = severity ?? (code.startsWith("E_") ? "error" : "warning");
    assert.equal(first?.severity, wanted);
    assert.equal(
      playbook === undefined,
      diagnostics.some((finding) => finding.severity === "error"),
    );
    assert.notEqual(first?.message, "");
  });
}

test("every code that the sources can tell has a case", () => {
  const told = new Set<string>();
  for (const file of globSync("**/*.ts", { cwd: import.meta.dirname })) {
    if (file.endsWith(".test.ts") || file.startsWith("testing/") || file.startsWith("document/")) continue;
    const source = readFileSync(`${import.meta.dirname}/${file}`, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    for (const [, code] of source.matchAll(/"([EW]_[A-Z0-9_]+)"/g)) told.add(code ?? "");
  }
  const elsewhere = new Set(["E_CREDENTIAL", "E_MCP", "E_SUBSCRIPTION"]); // documents of other kinds
  const covered = new Set(CASES.map(({ code }) => code));
  const missing = [...told].filter((code) => !covered.has(code) && !elsewhere.has(code));
  assert.deepEqual(missing, []);
});

function firstLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ").slice(0, 70);
}
