import assert from "node:assert/strict";
import test from "node:test";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "./identifier.ts";
import { sqlData, uniqueColumns } from "./result.ts";

test("the last statement is the result, every statement has a legacy member", () => {
  const data = sqlData(
    [
      { rows: [], affected: 3 },
      { columns: ["id", "name"], rows: [[1, "a"]], affected: 1 },
    ],
    true,
  );
  assert.deepEqual(data.rows, [{ id: 1, name: "a" }]);
  assert.deepEqual(data.columns, ["id", "name"]);
  assert.equal(data.row_count, 1);
  assert.equal(data.statement_count, 2);
  assert.equal(data.status, undefined);
  assert.deepEqual(data.command_0, {
    status: "success",
    columns: [],
    rows: [],
    row_count: 3,
    affected_rows: 3,
    message: "Command executed. 3 rows affected.",
  });
  assert.deepEqual((data.command_1 as { rows: unknown }).rows, [{ id: 1, name: "a" }]);
});

test("a statement without rows gives affected_rows, and rows may be arrays", () => {
  const changed = sqlData([{ rows: [], affected: 2 }], true);
  assert.deepEqual([changed.affected_rows, changed.rows, changed.row_count], [2, [], 0]);
  assert.deepEqual(sqlData([{ columns: ["a"], rows: [[1]], affected: 1 }], false).rows, [[1]]);
});

test("repeated column names stay apart", () => {
  assert.deepEqual(uniqueColumns(["id", "id", "id_2", "id"]), ["id", "id_3", "id_2", "id_4"]);
  assert.deepEqual(uniqueColumns(["a", "b"]), ["a", "b"]);
});

test("identifiers and literals cannot be broken out of", () => {
  assert.equal(quoteIdentifier('a"; DROP TABLE x; --'), '"a""; DROP TABLE x; --"');
  assert.equal(quoteQualified("public.users"), '"public"."users"');
  assert.equal(quoteQualified('"odd.schema"."ta""ble"'), '"odd.schema"."ta""ble"');
  assert.equal(quoteQualified("t; DROP TABLE x"), '"t; DROP TABLE x"');
  assert.equal(quoteLiteral("it's"), "'it''s'");
  for (const bad of ["", ".", "a.", "a..b", '"open', 'a"b', "a\0b"])
    assert.throws(() => quoteQualified(bad), RangeError, bad);
});
