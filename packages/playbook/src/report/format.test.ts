import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "@noetl/core";
import type { Diagnostic } from "../diagnostic.ts";
import { formatDiagnostic } from "./format.ts";
import { suggestion } from "./suggest.ts";

const TEXT = "arcs:\n\t- step: laod\n  - next\n";
const FINDING: Diagnostic = {
  code: "E_NEXT_TARGET",
  severity: "error",
  message: "unknown step 'laod'",
  file: "a.yaml",
  path: "/arcs/0/step",
  line: 2,
  column: 10,
  endLine: 2,
  endColumn: 14,
  hint: "did you mean 'load'?",
};

test("the frame shows the line before, the line, and carets below the place", () => {
  assert.equal(
    formatDiagnostic(FINDING, TEXT),
    [
      "a.yaml:2:10 error E_NEXT_TARGET unknown step 'laod'",
      "   1 | arcs:",
      "   2 | \t- step: laod",
      "     | \t        ^^^^",
      "       hint: did you mean 'load'?",
    ].join("\n"),
  );
});

test("a range over several lines is marked to the end of its first line", () => {
  const found = formatDiagnostic({ ...FINDING, line: 1, column: 1, endLine: 3, endColumn: 3 }, TEXT);
  assert.match(found, /\n {5}\| \^{5}\n/);
});

test("colours are there when asked for, and the words are the same", () => {
  const coloured = formatDiagnostic(FINDING, TEXT, { color: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  assert.equal(coloured.replaceAll(/\u001b\[\d+m/g, ""), formatDiagnostic(FINDING, TEXT));
  assert.ok(coloured.includes("\u001b[31merror"));
});

test("control characters of a file do not reach the terminal", () => {
  const text = "a: \u001b[2J\u0000\u009b31m\u202e!";
  const found = formatDiagnostic({ ...FINDING, line: 1, column: 1, message: "bad \u001b]0;x\u0007" }, text);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  assert.doesNotMatch(found, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  assert.match(found, /a: \ufffd\[2J\ufffd\ufffd31m\ufffd!/);
});

test("a place outside the text has no frame", () => {
  assert.equal(formatDiagnostic({ ...FINDING, line: 99, hint: "x" }, TEXT).split("\n").length, 2);
});

test("suggestions: a swap, a missing letter, another case; nothing for other words", () => {
  assert.equal(nearest("laod", ["load", "lead"]), "load");
  assert.equal(nearest("worklod", ["workload", "workflow"]), "workload");
  assert.equal(nearest("URL", ["url"]), "url");
  assert.equal(nearest("banana", ["load"]), undefined);
  assert.equal(suggestion("zzz", ["a", "b"]), "known here: a, b");
  assert.equal(
    suggestion(
      "zzz",
      Array.from({ length: 20 }, (_, i) => `word${i}`),
    ),
    undefined,
  );
});
