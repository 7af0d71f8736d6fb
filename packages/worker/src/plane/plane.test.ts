import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NoetlError } from "@noetl/core";
import { keychainPlace } from "@noetl/pipeline";
import { away } from "../testing/plane.ts";
import { refusal } from "./refusal.ts";

describe("refused claims", () => {
  const conflict = (code: string, data = {}) => new NoetlError("conflict", code, "", { data });

  test("say what to do", () => {
    assert.deepEqual(refusal(conflict("already_terminal"), 0), { outcome: "gone", reason: "ended" });
    assert.deepEqual(refusal(conflict("execution_cancelled"), 0), { outcome: "gone", reason: "cancelled" });
    assert.deepEqual(refusal(new NoetlError("not_found", "X", ""), 0), { outcome: "gone", reason: "unknown" });
    assert.equal(refusal(away(), 0), undefined);
    assert.equal(refusal(new Error("socket"), 0), undefined);
  });

  test("a claim that is held is asked for again when its lease may have lapsed", () => {
    const taken = (data: object, now: number) => refusal(conflict("active_claim", data), now);
    assert.deepEqual(taken({ lease_until: 31_000 }, 1_000), { outcome: "taken", retry_ms: 30_000 });
    assert.deepEqual(taken({ body: { detail: { lease_until: 31_000 } } }, 1_000), {
      outcome: "taken",
      retry_ms: 30_000,
    });
    assert.deepEqual(taken({}, 1_000), { outcome: "taken", retry_ms: 1_000 });
    assert.deepEqual(taken({ lease_until: 9e9 }, 0), { outcome: "taken", retry_ms: 120_000 });
  });
});

test("shared keychain entries have a place, those of one run and of no catalog entry have none", () => {
  assert.deepEqual(keychainPlace("tok:77:global"), { name: "tok", catalog_id: "77", scope: "global" });
  const shared = { name: "a:b", catalog_id: "77", scope: "shared", execution_id: "9" };
  assert.deepEqual(keychainPlace("a:b:77:shared:9"), shared);
  assert.equal(keychainPlace("tok:77:12345"), undefined);
  assert.equal(keychainPlace("tok:some/path:global"), undefined);
});
