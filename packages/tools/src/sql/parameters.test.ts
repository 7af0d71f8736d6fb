import assert from "node:assert/strict";
import test from "node:test";
import { bindParameters, MissingParameters } from "./parameters.ts";

test("named parameters of both styles become positions, each once", () => {
  assert.deepEqual(bindParameters("SELECT :a, %(b)s, :a", { a: 1, b: "x", unused: 2 }), {
    text: "SELECT $1, $2, $1",
    values: [1, "x"],
  });
});

test("casts, slices, strings, comments and operators are no parameters", () => {
  const sql = `SELECT x::text, arr[1:2], ':a', "%(a)s", 5 % 2, $$:a$$, t := 1 -- :a`;
  assert.deepEqual(bindParameters(sql, { a: 1 }), { text: sql, values: [] });
});

test("a cast may follow a parameter", () => {
  assert.equal(bindParameters("SELECT :a::int, %(a)s::text", { a: 1 }).text, "SELECT $1::int, $1::text");
});

test("names without a value are told all at once", () => {
  assert.throws(
    () => bindParameters("SELECT :a, :toString, :b", { a: 1 }),
    (error: unknown) => error instanceof MissingParameters && error.names.join() === "toString,b",
  );
});

test("a list is bound as it stands", () => {
  assert.deepEqual(bindParameters("SELECT $1, ':x'", ["a"]), { text: "SELECT $1, ':x'", values: ["a"] });
});
