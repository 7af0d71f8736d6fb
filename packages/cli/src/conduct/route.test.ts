import assert from "node:assert/strict";
import { test } from "node:test";
import { type Known, routeOf } from "./route.ts";

const known: Known = {
  ids: new Set(["run", "runs", "credential:get", "credential:list", "help"]),
  aliases: { exec: "run", "get:credential": "credential:get" },
};
const route = (line: string) => routeOf(line === "" ? [] : line.split(" "), known);

test("words name a command, with blanks or a colon", () => {
  assert.deepEqual(route("run x.yaml"), { kind: "command", id: "run", argv: ["x.yaml"] });
  assert.deepEqual(route("credential get pg"), { kind: "command", id: "credential:get", argv: ["pg"] });
  assert.deepEqual(route("credential:get pg"), { kind: "command", id: "credential:get", argv: ["pg"] });
});

test("aliases lead to the command", () => {
  assert.deepEqual(route("exec x.yaml"), { kind: "command", id: "run", argv: ["x.yaml"] });
  assert.deepEqual(route("get credential pg"), { kind: "command", id: "credential:get", argv: ["pg"] });
});

test("global flags stand before, between and after the words", () => {
  const wanted = { kind: "command", id: "credential:get" };
  assert.deepEqual(route("--json credential get pg"), { ...wanted, argv: ["--json", "pg"] });
  assert.deepEqual(route("--host h -p 1 credential --json get pg"), {
    ...wanted,
    argv: ["--host", "h", "-p", "1", "--json", "pg"],
  });
  assert.deepEqual(route("credential get pg --host h"), { ...wanted, argv: ["pg", "--host", "h"] });
  assert.deepEqual(route("--server-url=http://h:1 credential get pg"), {
    ...wanted,
    argv: ["--server-url=http://h:1", "pg"],
  });
});

test("an argument that is a command's name is still an argument", () => {
  assert.deepEqual(route("run runs"), { kind: "command", id: "run", argv: ["runs"] });
});

test("help is asked for at every level", () => {
  assert.deepEqual(route("--help"), { kind: "help", words: [] });
  assert.deepEqual(route("-h"), { kind: "help", words: [] });
  assert.deepEqual(route("run --help"), { kind: "help", words: ["run"] });
  assert.deepEqual(route("credential get -h"), { kind: "help", words: ["credential", "get"] });
  assert.deepEqual(route("credential --help"), { kind: "help", words: ["credential"] });
  assert.deepEqual(route("run x -- --help"), { kind: "command", id: "run", argv: ["x", "--", "--help"] });
});

test("a topic alone, nothing at all, the version", () => {
  assert.deepEqual(route("credential"), { kind: "topic", topic: "credential" });
  assert.deepEqual(route(""), { kind: "nothing" });
  assert.deepEqual(route("--version"), { kind: "version" });
  assert.deepEqual(route("-V"), { kind: "version" });
});

test("what is no command is unknown, with the words that were meant", () => {
  assert.deepEqual(route("rnu x.yaml"), { kind: "unknown", typed: "rnu" });
  assert.deepEqual(route("credential lst"), { kind: "unknown", typed: "credential lst" });
  assert.deepEqual(route("--bogus run"), { kind: "unknown", typed: "--bogus" });
});

test("--interactive opens the terminal UI, whatever command is given; after one the letter is that command's", () => {
  const tui = { kind: "command", id: "tui", argv: [] };
  assert.deepEqual(route("-i"), tui);
  assert.deepEqual(route("--interactive run x.yaml"), tui);
  assert.deepEqual(route("run x.yaml --interactive"), tui);
  assert.deepEqual(route("run -i in.yaml"), { kind: "command", id: "run", argv: ["-i", "in.yaml"] });
  const after = { kind: "command", id: "run", argv: ["x.yaml", "--", "--interactive"] };
  assert.deepEqual(route("run x.yaml -- --interactive"), after);
});
