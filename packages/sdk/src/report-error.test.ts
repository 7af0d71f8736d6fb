import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Meaning, NoetlError } from "@noetl/core";
import { exitCodeOf } from "./exit-code.ts";
import { requestedFormat } from "./format.ts";
import { errorBody, errorText } from "./report-error.ts";
import { statusWordOf } from "./status-word.ts";

test("the exit code follows from what an error means (decision 21)", () => {
  const wanted: [Meaning, number][] = [
    ["validation", 2],
    ["not_found", 3],
    ["unavailable", 4],
    ["timeout", 4],
    ["auth", 77],
    ["cancelled", 130],
    ["terminal", 1],
    ["internal", 1],
  ];
  for (const [meaning, code] of wanted) assert.equal(exitCodeOf(new NoetlError(meaning, "X", "m")), code, meaning);
  assert.equal(exitCodeOf(new NoetlError("validation", "UNKNOWN_COMMAND", "m")), 127);
  assert.equal(exitCodeOf(new Error("m")), 1);
  assert.equal(exitCodeOf("text"), 1);
});

test("the same number stands in the document", () => {
  const body = errorBody(new NoetlError("not_found", "E_X", "gone", { hint: "look" }));
  assert.deepEqual(body, { code: "E_X", exit: 3, message: "gone", hint: "look" });
  assert.deepEqual(errorBody(new TypeError("oops")), { code: "INTERNAL", exit: 1, message: "oops" });
});

test("people see the message, its causes and a hint; the stack only with debug", () => {
  const error = new NoetlError("unavailable", "E", "no answer", { hint: "start it", cause: new Error("refused") });
  const text = errorText(error, { color: false, debug: false });
  assert.equal(text, "Error: no answer\n  because refused\nHint: start it\n");
  assert.match(errorText(error, { color: false, debug: true }), /\n +at .*\n[\s\S]*caused by Error: refused/);
});

test("an error of ours that slipped through says that it is a bug", () => {
  assert.match(errorText(new TypeError("oops"), { color: false, debug: false }), /bug; --debug/);
});

test("the format is known before arguments are parsed", () => {
  assert.equal(requestedFormat(["x", "-j"]), "json");
  assert.equal(requestedFormat(["--output=yaml"]), "yaml");
  assert.equal(requestedFormat(["-o", "json"]), "json");
  assert.equal(requestedFormat(["-ojson"]), "json");
  assert.equal(requestedFormat(["-o", "text"]), "text");
  assert.equal(requestedFormat(["x", "--", "--json"]), "text");
});

test("what the operating system refuses is told as it is, and is no bug", () => {
  const refused = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    syscall: "write",
  });
  assert.deepEqual(errorBody(refused), {
    code: "ENOSPC",
    exit: 1,
    message: "ENOSPC: no space left on device, write",
    hint: "free some space on that disk",
  });
  assert.doesNotMatch(errorText(refused, { color: false, debug: false }), /bug/);
});

test("a file that is not there is told once, with the one that was probably meant", () => {
  const beside = (name: string) => {
    const path = fileURLToPath(new URL(name, import.meta.url));
    const cause = Object.assign(new Error(`ENOENT: no such file, open '${path}'`), { code: "ENOENT", path });
    return errorText(new NoetlError("not_found", "E_FILE_MISSING", "there is no file", { cause }), {
      color: false,
      debug: false,
    });
  };
  assert.match(beside("report-eror.ts"), /^Error: there is no file\nHint: did you mean .*report-error\.ts\?\n$/);
  assert.equal(beside("something-else.yaml"), "Error: there is no file\n");
  assert.match(beside("no-such-folder/a.ts"), /there is no folder .*no-such-folder either/);
});

test("the parser's words are told without what it says about itself", () => {
  const usage = (message: string, more: object = {}) =>
    errorBody(Object.assign(new Error(message), { oclif: { exit: 2 }, ...more })).message;
  const args = [
    { name: "key", description: "name of the setting" },
    { name: "shell", description: "which one", options: ["bash", "zsh"] },
  ];
  assert.equal(
    usage("Missing 2 required args:\nkey\nNote: --set allow multiple values.", { args }),
    "missing: KEY (name of the setting), SHELL (which one: bash, zsh)",
  );
  assert.equal(
    usage("Parsing --port \n\tExpected an integer\nSee more help with --help"),
    "--port: Expected an integer",
  );
  assert.equal(usage("The following error occurred:\n  Missing required flag link"), "Missing required flag --link");
});

test("a status is one that there is", () => {
  assert.equal(statusWordOf("failed"), "FAILED");
  assert.throws(() => statusWordOf("faild"), { code: "E_STATUS", hint: "did you mean failed?" });
  assert.throws(() => statusWordOf("nonsense"), { hint: /pending, running/ });
});
