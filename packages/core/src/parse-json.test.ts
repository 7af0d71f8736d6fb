import assert from "node:assert/strict";
import test from "node:test";
import { parseJson } from "./parse-json.ts";

test("integers beyond 2^53 stay exact as text, everything else is plain JSON", () => {
  assert.deepEqual(
    parseJson('{"id": 9007199254740993, "n": -12345678901234567890, "ok": 9007199254740991, "f": 1.5, "e": 1e30}'),
    { id: "9007199254740993", n: "-12345678901234567890", ok: 9007199254740991, f: 1.5, e: 1e30 },
  );
  assert.deepEqual(parseJson('[1,"9007199254740993",null]'), [1, "9007199254740993", null]);
  assert.throws(() => parseJson("{"), SyntaxError);
});

test("long digits in a text are a text, wherever numbers may stand", () => {
  const text =
    '{"a":"1234567890123456789","b":["x, 1234567890123456789", 1234567890123456789,\n-9007199254740993],"c":1}';
  assert.deepEqual(parseJson(text), {
    a: "1234567890123456789",
    b: ["x, 1234567890123456789", "1234567890123456789", "-9007199254740993"],
    c: 1,
  });
  assert.equal(parseJson("1234567890123456789"), "1234567890123456789");
  assert.deepEqual(parseJson('{"a":"1234567890123456789"}'), { a: "1234567890123456789" });
});
