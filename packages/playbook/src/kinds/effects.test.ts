import assert from "node:assert/strict";
import { test } from "node:test";
import { httpEffect, sqlEffect } from "./effects.ts";

test("SQL reads only when every statement reads", () => {
  assert.equal(sqlEffect("select 1; -- delete from t\nshow x"), "read");
  assert.equal(sqlEffect("with a as (select 1) select * from a"), "read");
  assert.equal(sqlEffect("with a as (delete from t returning 1) select * from a"), "write");
  assert.equal(sqlEffect("select 'drop table t', \"update\""), "read");
  assert.equal(sqlEffect("select 1; insert into t values (1)"), "write");
  assert.equal(sqlEffect("select * into t2 from t"), "write");
  assert.equal(sqlEffect("{{ workload.sql }}"), "unknown");
  assert.equal(sqlEffect("select * from {{ workload.table }}"), "read");
  assert.equal(sqlEffect(undefined), "unknown");
});

test("HTTP reads with GET, HEAD and OPTIONS", () => {
  assert.equal(httpEffect(undefined), "read");
  assert.equal(httpEffect("get"), "read");
  assert.equal(httpEffect("POST"), "write");
  assert.equal(httpEffect("{{ m }}"), "unknown");
});
