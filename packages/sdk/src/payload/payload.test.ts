import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@noetl/core";
import { type PayloadInput, payloadOf } from "./payload.ts";

const make = (options: Partial<PayloadInput>) =>
  payloadOf({ sets: [], setStrings: [], merge: false, declared: {}, ...options });
const sets = (sets: string[], declared: JsonObject = {}) => make({ sets, declared }).payload;

test("a declared text keeps text, everything else is typed", () => {
  assert.deepEqual(sets(["zip=01234", "n=5", "b=true", "l=[1, 2]", "m={a: 1}", "e=", "z=null"], { zip: "x" }), {
    zip: "01234",
    n: 5,
    b: true,
    l: [1, 2],
    m: { a: 1 },
    e: "",
    z: null,
  });
  assert.deepEqual(sets(["bad=[1", "date=2026-01-01", "word=hello"]), { bad: "[1", date: "2026-01-01", word: "hello" });
  assert.deepEqual(make({ setStrings: ["n=5"] }).payload, { n: "5" });
});

test("integers that a number cannot hold stay digits", () => {
  assert.deepEqual(sets(["id=383992825680433152"]), { id: "383992825680433152" });
});

test("a value may hold equals signs, a leading workload. is dropped", () => {
  assert.deepEqual(sets(["workload.q=a=b"]), { q: "a=b" });
});

test("later sources win: input, payload, sets", () => {
  const { payload } = make({ input: { a: 1, b: 1, c: 1 }, payload: { b: 2, c: 2 }, sets: ["c=3"] });
  assert.deepEqual(payload, { a: 1, b: 2, c: 3 });
});

test("a dotted set changes one entry and keeps its siblings", () => {
  assert.deepEqual(sets(["db.host=h2"], { db: { host: "h1", port: 1 } }), { db: { host: "h2", port: 1 } });
  assert.deepEqual(make({ payload: { db: { port: 2 } }, sets: ["db.host=h2"] }).payload, {
    db: { port: 2, host: "h2" },
  });
  assert.deepEqual(sets(["a.b.c=1"]), { a: { b: { c: 1 } } });
});

test("siblings that are templates stay with the playbook, which renders them", () => {
  const declared = { db: { host: "h1", url: "{{ workload.base }}/db" } };
  assert.deepEqual(make({ sets: ["db.host=h2"], declared }), {
    payload: { db: { host: "h2" } },
    merge: "deep",
    warnings: [],
  });
  assert.throws(() => make({ sets: ["db.host=h2"], declared, payload: { other: { a: 1 } } }), /templates/);
  const merged = make({ sets: ["db.host=h2"], declared, payload: { other: { a: 1 } }, merge: true });
  assert.deepEqual(merged, { payload: { other: { a: 1 }, db: { host: "h2" } }, merge: "deep", warnings: [] });
});

test("maps replace each other, and are merged with --merge", () => {
  const input = { m: { a: 1 } };
  const payload = { m: { b: 2 } };
  assert.deepEqual(make({ input, payload }), { payload: { m: { b: 2 } }, merge: "shallow", warnings: [] });
  assert.deepEqual(make({ input, payload, merge: true }), {
    payload: { m: { a: 1, b: 2 } },
    merge: "deep",
    warnings: [],
  });
});

test("what is no KEY=VALUE is refused", () => {
  for (const bad of ["x", "=1", "a..b=1", ".a=1", "__proto__.x=1"]) assert.throws(() => sets([bad]), /KEY=VALUE/, bad);
});

test("nothing that was given is changed", () => {
  const payload = { db: { port: 2 } };
  make({ payload, sets: ["db.host=h"] });
  assert.deepEqual(payload, { db: { port: 2 } });
});

test("what looks like a list or map and is none is taken as text, and that is said", () => {
  const { payload, warnings } = make({ sets: ["l=[1", "m={a: 1}", "word=a[1", "text=[1"], declared: { text: "x" } });
  assert.deepEqual(payload, { l: "[1", m: { a: 1 }, word: "a[1", text: "[1" });
  assert.deepEqual(warnings, ["--set l: [1 is no valid list or map and is taken as text"]);
});
