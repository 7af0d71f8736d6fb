import assert from "node:assert/strict";
import { test } from "node:test";
import { masked, maskedTemplates, masker } from "./mask.ts";

test("values under names of secrets are masked, names of credentials and numbers are not", () => {
  const value = {
    db_password: "p",
    apiKey: "k",
    headers: { Authorization: "Bearer x" },
    auth: "pg_local",
    credential: { user: "u" },
    max_tokens: 5,
    token: null,
    list: [{ secret: ["a"] }],
  };
  assert.deepEqual(masked(value), {
    db_password: "***",
    apiKey: "***",
    headers: { Authorization: "***" },
    auth: "pg_local",
    credential: "***",
    max_tokens: 5,
    token: null,
    list: [{ secret: "***" }],
  });
});

test("what a workload calls a secret is masked wherever it turns up; short words are too common for that", () => {
  const mask = masker({ token: "abcd", password: "ab", deep: { secrets: ["longer-secret"] } });
  assert.deepEqual(mask({ text: "abcd and longer-secret", other: "ab" }), { text: "*** and ***", other: "ab" });
});

test("templates that read secrets are not rendered at all", () => {
  assert.deepEqual(
    maskedTemplates({
      a: "Bearer {{ keychain.api.token }}",
      b: "{{ workload.keychains }}",
      c: ["{% if auth %}x{% endif %}"],
    }),
    {
      a: "***",
      b: "{{ workload.keychains }}",
      c: ["***"],
    },
  );
});
