import assert from "node:assert/strict";
import { after, test } from "node:test";
import { testHost } from "../testing/call.ts";
import { pythonTool } from "./tool.ts";

const host = testHost();
after(() => host.close());
const run = (code: string, input = {}) => host.run(pythonTool, { code }, { input });

test("an exception is an error with its class, line and the author's part of the traceback", async () => {
  const { status, error, py, stdout } = await run("print('before')\ndef f():\n  raise ValueError('bad')\n\nf()");
  assert.equal(status, "error");
  assert.equal(stdout, "before\n");
  assert.deepEqual(error, {
    kind: "transform",
    retryable: false,
    message: "ValueError: bad",
    code: "PY_ValueError",
    details: { line: 3 },
  });
  assert.equal(py?.exception, "ValueError");
  const lines = (py?.traceback ?? "").split("\n").filter((line) => !/^\s*[~^]+$/.test(line));
  assert.deepEqual(lines, [
    "Traceback (most recent call last):",
    '  File "<step probe>", line 5, in <module>',
    "    f()",
    '  File "<step probe>", line 3, in f',
    "    raise ValueError('bad')",
    "ValueError: bad",
  ]);
});

test("line numbers are right when the code returns at the top", async () => {
  const { py } = await run("if False:\n  return 1\n\n1 / 0\nreturn 2");
  assert.match(py?.traceback ?? "", /File "<step probe>", line 4, in <module>\n\s+1 \/ 0/);
});

test("a syntax error shows where", async () => {
  const { error, py } = await run("a = 1\nb = = 2");
  assert.equal(error?.code, "PY_SyntaxError");
  assert.deepEqual(error?.details, { line: 2 });
  assert.match(py?.traceback ?? "", /line 2\n\s+b = = 2\n\s+\^/);
});

test("a long traceback is cut to its end", async () => {
  const { error, py } = await run("def a(n):\n  return b(n)\ndef b(n):\n  return a(n + 1)\na(0)");
  assert.equal(error?.code, "PY_RecursionError");
  assert.ok((py?.traceback ?? "").split("\n").length <= 20);
});

test("the cause of an exception stays in the traceback", async () => {
  const { py } = await run("try:\n  int('x')\nexcept ValueError as e:\n  raise RuntimeError('outer') from e");
  assert.match(py?.traceback ?? "", /ValueError: invalid literal[\s\S]*direct cause[\s\S]*RuntimeError: outer/);
  assert.doesNotMatch(py?.traceback ?? "", /noetl/);
});

test("sys.exit with a code or a message is an error", async () => {
  assert.equal((await run("import sys; sys.exit(3)")).error?.code, "PY_SystemExit");
  const { error, stderr } = await run("import sys; sys.exit('no disk')");
  assert.equal(error?.message, "SystemExit: no disk");
  assert.equal(stderr, "no disk\n");
});

test("an exception whose text cannot be made", async () => {
  const { error } = await run("class E(Exception):\n  def __str__(self):\n    raise KeyError('again')\nraise E()");
  assert.equal(error?.code, "PY_E");
});

test("what main needs and does not get", async () => {
  const missing = await run("def main(a, b):\n  return a", { a: 1 });
  assert.equal(missing.error?.message, "TypeError: main() needs 'b', which the step's input does not give");
  const star = await run("def main(*rest):\n  return rest");
  assert.match(star.error?.message ?? "", /must not take \*rest/);
});

test("data that contains itself, or is too deep, is refused with a reason", async () => {
  assert.match((await run("a = {}\na['a'] = [a]\nresult = a")).error?.message ?? "", /contains itself/);
  const deep = await run("a = []\nfor _ in range(100000):\n  a = [a]\nresult = a");
  assert.match(deep.error?.message ?? "", /nested too deeply/);
  assert.equal((await run("b = [1]\nresult = [b, b]")).status, "ok");
});

test("an interpreter that is none is a configuration error saying what was tried", async () => {
  for (const python of ["/no/such/python", "/bin/true", "/bin/false"]) {
    const { error } = await host.run(pythonTool, { code: "result = 1", python });
    assert.equal(error?.kind, "configuration", python);
    assert.equal(error?.code, "PYTHON_NOT_FOUND");
    assert.ok(error?.message.includes(python), error?.message);
  }
  const bare = testHost({ processEnv: { PATH: "/no/such" } });
  const { error } = await bare.run(pythonTool, { code: "result = 1" });
  assert.equal(error?.code, "PYTHON_NOT_FOUND");
  assert.match(error?.recovery ?? "", /install Python/);
});
