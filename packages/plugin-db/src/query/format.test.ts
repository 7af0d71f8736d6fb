import assert from "node:assert/strict";
import { test } from "node:test";
import { queryText } from "./format.ts";

const result = {
  columns: ["id", "名前"],
  rows: [
    { id: 901, 名前: "日本" },
    { id: null, 名前: 'say "hi", you' },
    { id: { a: 1 }, 名前: "two\nlines" },
  ],
  row_count: 3,
};

test("cli.md §9.6: wide characters align, null and nested values show", () => {
  assert.equal(
    queryText(result, "table"),
    [
      "┌─────────┬───────────────┐",
      "│ id      │ 名前          │",
      "├─────────┼───────────────┤",
      "│ 901     │ 日本          │",
      '│ NULL    │ say "hi", you │',
      '│ {"a":1} │ two⏎lines     │',
      "└─────────┴───────────────┘",
      "(3 rows)",
    ].join("\n"),
  );
  assert.equal(queryText({ columns: ["a"], rows: [], row_count: 0 }, "table"), "(0 rows)");
});

test("csv quotes what has to be quoted, ndjson and json hold the rows", () => {
  assert.equal(queryText(result, "csv"), 'id,名前\n901,日本\n,"say ""hi"", you"\n"{""a"":1}","two\nlines"');
  assert.equal(queryText(result, "ndjson").split("\n").length, 3);
  assert.deepEqual(JSON.parse(queryText(result, "json")), result.rows);
});
