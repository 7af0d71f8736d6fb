import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseDocument } from "./document/document.ts";
import { parsePlaybook } from "./parse.ts";
import { describePlan } from "./plan/describe.ts";
import { book } from "./testing/book.ts";
import { CASES } from "./testing/catalogue.ts";

/** Documents that reach much of the language, with and without faults. */
const SEEDS = CASES.map(({ text, steps, head }) =>
  (text ?? book(steps ?? "- {step: a, tool: {kind: noop}}", head)).replaceAll(/ *#!.*/g, ""),
);

/** Pieces that documents are broken with. */
const PIECES = [
  "{}",
  "[]",
  "null",
  "~",
  "3",
  "-1",
  "true",
  "''",
  "'{{ x'",
  "'{{ x }}'",
  "[a, [b]]",
  "{a: {b: c}}",
  "&x [*x]",
  "\t",
  "\n",
  ": ",
  "- ",
];

test("property: no document makes the parser throw, and a model is there exactly when there is no error", () => {
  const broken = fc.tuple(fc.nat(SEEDS.length - 1), fc.nat(10_000), fc.nat(40), fc.constantFrom(...PIECES));
  fc.assert(
    fc.property(
      broken,
      fc.constantFrom("default" as const, "strict" as const),
      ([seed, at, length, piece], profile) => {
        const text = SEEDS[seed] ?? "";
        const from = at % (text.length + 1);
        const mutated = text.slice(0, from) + piece + text.slice(from + length);
        const lines = mutated.split("\n").length;
        const { playbook, diagnostics } = parsePlaybook(mutated, { profile, host: "local" });
        assert.equal(
          playbook === undefined,
          diagnostics.some((finding) => finding.severity === "error"),
        );
        for (const { line, column, endLine = line } of diagnostics) {
          assert.ok(line >= 1 && line <= lines && column >= 1 && endLine >= line, JSON.stringify(diagnostics));
        }
        if (playbook) describePlan(playbook);
        parseDocument(mutated, { profile });
      },
    ),
    { numRuns: 1_500 },
  );
});

test("property: any value in any place of a document is told, not thrown", () => {
  const seeds = SEEDS.flatMap((text) => {
    const { document } = parsePlaybook(text, { host: "local" });
    return document.json === undefined ? [] : [JSON.stringify(document.json)];
  });
  const value = fc.constantFrom<unknown>(null, 1, "x", "{{ y }}", true, [], {}, [null], { kind: "noop" }, [
    { then: "a" },
  ]);
  fc.assert(
    fc.property(fc.nat(seeds.length - 1), fc.nat(200), value, (seed, at, replacement) => {
      const json = JSON.parse(seeds[seed] ?? "{}");
      const places = placesOf(json);
      const place = places[at % Math.max(1, places.length)];
      if (place) place.holder[place.key] = replacement;
      const { playbook, diagnostics } = parsePlaybook(JSON.stringify(json), { host: "local" });
      assert.equal(
        playbook === undefined,
        diagnostics.some((finding) => finding.severity === "error"),
      );
    }),
    { numRuns: 1_500 },
  );
});

function placesOf(json: unknown): { holder: Record<string, unknown>; key: string }[] {
  if (typeof json !== "object" || json === null) return [];
  const holder = json as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesOf(holder[key])]);
}
