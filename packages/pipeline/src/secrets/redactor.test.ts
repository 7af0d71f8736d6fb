import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createRedactor } from "./redactor.ts";

const secret = 'p@ss "wörd"/+x';
const holding = (...values: unknown[]) => {
  const redactor = createRedactor();
  for (const value of values) redactor.add(value);
  return redactor;
};

describe("redactor", () => {
  it("masks a secret in every spelling it may leave in", () => {
    const { text } = holding({ deep: [{ password: secret }] });
    const base64 = (value: string) => Buffer.from(value).toString("base64");
    for (const spelling of [
      secret,
      JSON.stringify({ a: secret }),
      encodeURIComponent(secret),
      new URLSearchParams({ a: secret }).toString(),
      base64(secret),
      Buffer.from(secret).toString("base64url"),
      base64(`u:${secret}`),
      base64(`us:${secret}`),
      base64(`use:${secret}!`),
    ]) {
      const masked = text(`before ${spelling} after`);
      assert.match(masked, /\*\*\*/, spelling);
      assert.match(masked, /^before .* after$/);
      assert.doesNotMatch(masked, /p@ss|w\\u00f6rd|cEBzcw/i);
    }
  });

  it("masks map keys and values at any depth, and shares what holds no secret", () => {
    const redactor = holding("hunter22");
    const clean = { a: [1, { b: "fine" }] };
    assert.equal(redactor.json(clean), clean);
    assert.deepEqual(redactor.json({ hunter22: [{ x: "is hunter22!" }], clean }), { "***": [{ x: "is ***!" }], clean });
  });

  it("leaves short texts alone, masks the longest secret first, and the lines of a long one", () => {
    const redactor = holding("abc", "longsecret", "longsecret-more", "-----KEY-----\nMIIabcdefgh\n-----END-----");
    assert.equal(redactor.text("abc longsecret-more longsecret"), "abc *** ***");
    assert.equal(redactor.text("line MIIabcdefgh"), "line ***");
  });

  it("masks a secret however a stream is cut", () => {
    const cuts = fc.array(fc.nat(60), { maxLength: 6 });
    const pieces = fc.array(fc.constantFrom("tok-s3cret", "tok-", "x", "\n", " s3cret", "t"), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, cuts, (parts, at) => {
        const whole = parts.join("");
        const redactor = holding("tok-s3cret");
        let out = "";
        const stream = redactor.stream((text) => {
          out += text;
        });
        const edges = [0, ...at.map((n) => Math.min(n, whole.length)).sort((a, b) => a - b), whole.length];
        for (let i = 1; i < edges.length; i++) stream.write(whole.slice(edges[i - 1], edges[i]));
        stream.end();
        assert.equal(out, redactor.text(whole));
        assert.ok(!out.includes("tok-s3cret"));
      }),
    );
  });

  it("holds nothing back that cannot begin a secret", () => {
    const out: string[] = [];
    const stream = holding("tok-s3cret").stream((text) => out.push(text));
    stream.write("line\n");
    stream.write("ends with tok\n");
    assert.deepEqual(out, ["line\n", "ends with tok\n"]);
  });
});
