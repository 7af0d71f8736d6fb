import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { splitStatements } from "./split.ts";

const texts = (sql: string) => splitStatements(sql).map(({ text }) => text);

test("statements end at top-level semicolons only", () => {
  const cases: [string, string[]][] = [
    ["SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]],
    ["SELECT ';'; SELECT 'it''s;'", ["SELECT ';'", "SELECT 'it''s;'"]],
    ["SELECT E'\\';'; SELECT 2", ["SELECT E'\\';'", "SELECT 2"]],
    ["SELECT '\\'; SELECT 2", ["SELECT '\\'", "SELECT 2"]],
    ['SELECT ";" FROM "a"";b"; SELECT 2', ['SELECT ";" FROM "a"";b"', "SELECT 2"]],
    ["SELECT 1 -- one; more\n; SELECT 2", ["SELECT 1 -- one; more", "SELECT 2"]],
    ["SELECT 1 /* a; /* b; */ c; */; SELECT 2", ["SELECT 1 /* a; /* b; */ c; */", "SELECT 2"]],
    ["DO $$ BEGIN; END $$; SELECT $a$;$$;$a$", ["DO $$ BEGIN; END $$", "SELECT $a$;$$;$a$"]],
    ["SELECT $1; SELECT a$b$c; SELECT 1$", ["SELECT $1", "SELECT a$b$c", "SELECT 1$"]],
    [
      "CREATE RULE r AS ON UPDATE TO t DO (SELECT 1; SELECT 2); SELECT 3",
      ["CREATE RULE r AS ON UPDATE TO t DO (SELECT 1; SELECT 2)", "SELECT 3"],
    ],
    [
      "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3",
      [
        "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
        "SELECT 3",
      ],
    ],
    ["BEGIN; SELECT 1; END", ["BEGIN", "SELECT 1", "END"]],
    [" ;; -- nothing\n ; /* none */", []],
    ["SELECT 'open; SELECT 2", ["SELECT 'open; SELECT 2"]],
  ];
  for (const [sql, expected] of cases) assert.deepEqual(texts(sql), expected, sql);
});

test("the first words of a statement are known, past its comments", () => {
  assert.deepEqual(splitStatements("-- x\n/* y */ create index concurrently i on t(a)")[0]?.words.slice(0, 3), [
    "CREATE",
    "INDEX",
    "CONCURRENTLY",
  ]);
});

test("joining well-formed pieces and splitting them again gives the pieces", () => {
  const piece = fc.constantFrom(
    "SELECT 1",
    "'a;b'",
    "E'\\';'",
    "$$;$$",
    "$t$ ; $t$",
    '";"',
    "/* ; */ x",
    "f(a; b)",
    "-- ;\n y",
  );
  const statement = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(" "));
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 5 }), (statements) => {
      assert.deepEqual(texts(statements.join(";")), statements);
    }),
  );
});

test("any text at all is split without loss of content and in linear time", () => {
  const text = fc.string({
    unit: fc.constantFrom("'", '"', "$", "a", ";", "-", "/", "*", "\n", "\\", "E", "(", ")", " "),
    maxLength: 60,
  });
  fc.assert(
    fc.property(text, (sql) => {
      const found = texts(sql);
      let at = 0;
      for (const one of found) {
        at = sql.indexOf(one, at);
        assert.ok(at >= 0);
        at += one.length;
      }
    }),
  );
});
