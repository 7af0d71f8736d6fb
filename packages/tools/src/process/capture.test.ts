import assert from "node:assert/strict";
import { test } from "node:test";
import { capture } from "./capture.ts";

function feed(text: string | Buffer, size: number, options: { head: number; tail: number }) {
  const live: string[] = [];
  const kept = capture({ ...options, live: (part) => live.push(part) });
  const bytes = Buffer.from(text as string);
  for (let at = 0; at < bytes.length; at += size) kept.push(bytes.subarray(at, at + size));
  kept.end();
  return { text: kept.text(), live };
}

test("lines are passed on whole, also when bytes come one by one", () => {
  const { text, live } = feed("äöü\n€\nend", 1, { head: 100, tail: 100 });
  assert.equal(text, "äöü\n€\nend");
  assert.deepEqual(live, ["äöü\n", "€\n", "end"]);
});

test("head and tail are kept, the middle is counted, characters stay whole", () => {
  const { text, live } = feed("é".repeat(1000), 7, { head: 101, tail: 51 });
  assert.equal(text, `${"é".repeat(50)}\n… ${2000 - 100 - 50 - 1} bytes left out …\n${"é".repeat(25)}`);
  assert.equal(live.join(""), "é".repeat(1000));
});

test("nothing is left out when all of it fits", () => {
  assert.equal(feed("abcdef", 4, { head: 3, tail: 3 }).text, "abcdef");
  assert.equal(feed("abcdefg", 4, { head: 3, tail: 3 }).text, "abc\n… 1 bytes left out …\nefg");
});

test("bytes that are no UTF-8 are replaced", () => {
  const { text, live } = feed(Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a]), 2, { head: 10, tail: 10 });
  assert.equal(text, "a\ufffd\ufffdb\n");
  assert.equal(live.join(""), text);
});

test("a line without end is passed on in pieces", () => {
  const { live } = feed("x".repeat(200_000), 10_000, { head: 10, tail: 10 });
  assert.ok(live.length > 1);
  assert.equal(live.join("").length, 200_000);
});
