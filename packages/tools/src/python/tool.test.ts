import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { JsonObject } from "@noetl/core";
import { testHost } from "../testing/call.ts";
import { runnerModule } from "./build-runner.ts";
import { pythonTool } from "./tool.ts";

const host = testHost({ context: { limit: 5, data: { n: 3 }, name: "ctx" } });
after(() => host.close());

const run = (code: string, input: JsonObject = {}, config: JsonObject = {}) =>
  host.run(pythonTool, { code, ...config }, { input });
async function dataOf(code: string, input: JsonObject = {}, config: JsonObject = {}) {
  const outcome = await run(code, input, config);
  assert.equal(outcome.status, "ok", outcome.error?.message);
  return outcome.data;
}

test("the generated runner is up to date with its Python files", async () => {
  assert.equal(await readFile(new URL("./runner-source.ts", import.meta.url), "utf8"), runnerModule());
});

const results: [name: string, code: string, input: JsonObject, expected: unknown][] = [
  [
    "input keys are globals of their type",
    "result = [n + 1, xs, m['a'], flag is True]",
    { n: 1, xs: [1, "2"], m: { a: null }, flag: true },
    [2, [1, "2"], null, true],
  ],
  [
    "input_data and args hold the input",
    "result = [input_data, args == input_data, execution_id, step]",
    { n: 1 },
    [{ n: 1 }, true, "42", "probe"],
  ],
  ["an input may be called like an implicit name", "result = [args, os]", { args: 7, os: "linux" }, [7, "linux"]],
  [
    "functions see globals and imports",
    "import math\nk = 2\ndef f(x):\n  return math.floor(x) * k\nresult = f(2.5)",
    {},
    4,
  ],
  [
    "main is called by name when result is not set",
    "def main(b, a, c=3):\n  return [a, b, c]",
    { a: 1, b: 2 },
    [1, 2, 3],
  ],
  ["main without parameters", "def main():\n  return {'x': 1}", {}, { x: 1 }],
  ["result wins over main", "def main():\n  return 1\nresult = 2", {}, 2],
  ["main takes the rest as keywords", "def main(a, **rest):\n  return rest", { a: 1, b: 2 }, { b: 2 }],
  [
    "keyword-only and positional-only parameters",
    "def main(a, /, b, *, c):\n  return [a, b, c]",
    { a: 1, b: 2, c: 3 },
    [1, 2, 3],
  ],
  ["an async main is awaited", "import asyncio\nasync def main(n):\n  await asyncio.sleep(0)\n  return n", { n: 4 }, 4],
  [
    "a decorated main",
    "import functools\ndef d(f):\n  @functools.wraps(f)\n  def w(*a, **k):\n    return f(*a, **k) + 1\n  return w\n@d\ndef main(n):\n  return n",
    { n: 1 },
    2,
  ],
  [
    "a script that calls main itself does not call it twice",
    "calls = []\ndef main():\n  calls.append(1)\n  return len(calls)\nif __name__ == '__main__':\n  main()",
    {},
    1,
  ],
  ["a guarded body without main runs", "if __name__ == '__main__':\n  result = 'ran'", {}, "ran"],
  [
    "main finds what the input lacks in the context",
    "def main(limit, n, context):\n  return [limit, n, 'limit' in context]",
    {},
    [5, 3, true],
  ],
  [
    "context and variables",
    "result = [context.get('limit'), variables['name'], context.get('none')]",
    {},
    [5, "ctx", null],
  ],
  ["return at the top", "if n > 1:\n  return {'big': n}\nreturn 'small'", { n: 5 }, { big: 5 }],
  [
    "a top return makes no locals of globals",
    "x = 1\ndef f():\n  return x + y\nfor y in [10]:\n  pass\nx = 2\nreturn f()",
    {},
    12,
  ],
  [
    "imports from __future__ before a top return",
    "from __future__ import annotations\nfrom math import *\nreturn floor(1.5)",
    {},
    1,
  ],
  ["a return inside a function is none at the top", "def f():\n  return 1\nresult = f()", {}, 1],
  ["an explicit None is a result", "result = None", {}, null],
  ["sys.exit(0) keeps the result", "import sys\nresult = 3\nsys.exit()", {}, 3],
  ["indented code is dedented", "\n    a = 1\n    result = a", {}, 1],
  ["status error is data", "result = {'status': 'error', 'message': 'x'}", {}, { status: "error", message: "x" }],
  [
    "modules that need no import",
    "result = [json.dumps({'a': 1}), os.sep, len(str(uuid.uuid4())), datetime.date(2024, 1, 2)]",
    {},
    ['{"a": 1}', "/", 36, "2024-01-02"],
  ],
  [
    "helpers",
    "result = [get_val({'a': [{'b': 1}]}, 'a.0.b'), get_val({}, 'x.y', 'd'), deep_merge({'a': {'b': 1}}, {'a': {'c': 2}}), make_serializable({1}), format_iso8601(now_utc())[-6:]]",
    {},
    [1, "d", { a: { b: 1, c: 2 } }, [1], "+00:00"],
  ],
  [
    "pickling what the code defines",
    "import pickle\nclass A:\n  pass\nresult = type(pickle.loads(pickle.dumps(A()))).__name__",
    {},
    "A",
  ],
];
for (const [name, code, input, expected] of results) {
  test(name, async () => assert.deepEqual(await dataOf(code, input), expected));
}

const values: [python: string, json: unknown][] = [
  ["Decimal('1.5')", 1.5],
  ["Decimal('0.1')", 0.1],
  ["Decimal('1234567890.123456789012345')", "1234567890.123456789012345"],
  ["Decimal('NaN')", null],
  ["datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)", "2024-01-02T03:04:05+00:00"],
  ["datetime.timedelta(days=1)", "1 day, 0:00:00"],
  ["b'\\x00\\xff'", "AP8="],
  ["{3, 1, 2}", [1, 2, 3]],
  ["(1, [2, (3,)])", [1, [2, [3]]]],
  ["[float('nan'), float('inf'), -float('inf'), 1e300]", [null, null, null, 1e300]],
  ["[2**53 - 1, 2**53, -2**70]", [9007199254740991, "9007199254740992", "-1180591620717411303424"]],
  [
    "{1: 'a', None: 'b', True: 'c', (1, 2): 'd', datetime.date(2024, 1, 2): 'e'}",
    { 1: "c", null: "b", "(1, 2)": "d", "2024-01-02": "e" },
  ],
  ["UUID('12345678123456781234567812345678')", "12345678-1234-5678-1234-567812345678"],
  ["Point(1, Decimal('2.5'))", { x: 1, y: 2.5 }],
  ["Color.RED", "red"],
  ["OrderedDict(b=1, a=deque([1]))", { b: 1, a: [1] }],
  [
    "[range(3), {'a': 1}.keys(), Path('/x'), ValueError('v'), object]",
    [[0, 1, 2], ["a"], "/x", "v", "<class 'object'>"],
  ],
  ["Model()", { id: 1 }],
  ["Array()", [[1, 2]]],
  ["'\\ud800 é \\x00'", "\ud800 é \0"],
];
for (const [python, json] of values) {
  test(`result ${python}`, async () => {
    const prelude = [
      "import datetime, enum",
      "from collections import OrderedDict, deque",
      "from dataclasses import dataclass",
      "from decimal import Decimal",
      "from pathlib import PurePosixPath as Path",
      "from typing import Any, ClassVar",
      "from uuid import UUID",
      "@dataclass",
      "class Point:\n  x: int\n  y: Any\n  origin: ClassVar[int] = 0",
      "class Color(enum.Enum):\n  RED = 'red'",
      "class Model:\n  def model_dump(self):\n    return {'id': 1}",
      "class Array:\n  def tolist(self):\n    return [[1, 2]]",
    ].join("\n");
    assert.deepEqual(await dataOf(`${prelude}\nresult = ${python}`), json);
  });
}

test("a step without result gives what it printed", async () => {
  assert.deepEqual(await dataOf("import sys\nprint('out')\nprint('err', file=sys.stderr)"), {
    stdout: "out\n",
    stderr: "err\n",
  });
});

test("code from base64, from a script's inline source, from a file and from the web", async () => {
  const folder = await mkdtemp(join(tmpdir(), "noetl-py-"));
  const server = createServer((request, response) => {
    response.statusCode = request.url === "/s.py" ? 200 : 404;
    response.end(request.headers["x-key"] === "1" ? "result = 'web'" : "result = 'no key'");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const own = testHost({ playbookDirectory: folder, resources: host.resources });
  const from = async (config: JsonObject) => {
    const { data, error } = await own.run(pythonTool, config);
    return error ? `${error.kind} ${error.code}` : data;
  };
  try {
    await writeFile(join(folder, "s.py"), "import os\nresult = os.path.basename(__file__)");
    assert.equal(
      await from({ code_b64: Buffer.from("result = 'b64'").toString("base64"), code: "result = 'code'" }),
      "b64",
    );
    assert.equal(await from({ code_b64: "cmVzdWx0%%%" }), "configuration CONFIG_INVALID");
    assert.equal(await from({ script: "result = 'script'" }), "script");
    assert.equal(await from({ script: { source: { type: "inline", code: "result = 'in'" } } }), "in");
    assert.equal(await from({ script: { uri: "s.py", source: { type: "file" } } }), "s.py");
    assert.equal(await from({ script: { uri: join(folder, "s.py") } }), "s.py");
    assert.equal(
      await from({ script: { uri: `${base}/s.py`, source: { type: "http", headers: { "X-Key": 1 } } } }),
      "web",
    );
    assert.equal(await from({ script: { uri: "s.py", source: { type: "http", endpoint: `${base}/` } } }), "no key");
    assert.equal(await from({ script: { uri: `${base}/none.py` } }), "configuration HTTP_404");
    assert.equal(await from({ script: { uri: "none.py" } }), "configuration CONFIG_INVALID");
    assert.equal(await from({ script: { uri: "gs://b/o.py" } }), "configuration CONFIG_INVALID");
    assert.equal(await from({ code: "  \n" }), "configuration CONFIG_INVALID");
    server.close();
    server.closeAllConnections();
    assert.equal(await from({ script: { uri: `${base}/s.py` } }), "connection CONN_ERROR");
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
});

test("NOETL_SCRIPT_ROOT confines script files, links included", async () => {
  const folder = await mkdtemp(join(tmpdir(), "noetl-py-"));
  const root = await mkdtemp(join(tmpdir(), "noetl-root-"));
  const own = testHost({ processEnv: { PATH: process.env.PATH, NOETL_SCRIPT_ROOT: root }, resources: host.resources });
  try {
    await writeFile(join(folder, "out.py"), "result = 'out'");
    await writeFile(join(root, "in.py"), "result = 'in'");
    await symlink(join(folder, "out.py"), join(root, "link.py"));
    assert.equal((await own.run(pythonTool, { script: { uri: "in.py" } })).data, "in");
    for (const uri of [join(folder, "out.py"), "link.py"]) {
      assert.match((await own.run(pythonTool, { script: { uri } })).error?.message ?? "", /outside NOETL_SCRIPT_ROOT/);
    }
  } finally {
    await rm(folder, { recursive: true });
    await rm(root, { recursive: true });
  }
});

test("libs in every form", async () => {
  const libs = {
    m: "math",
    path: { from: "os", import: "path" },
    d: "os.path",
    dec: { from: "decimal", import: "Decimal" },
  };
  assert.deepEqual(await dataOf("result = [m.floor(1.5), path is d, str(dec('1.0'))]", {}, { libs }), [1, true, "1.0"]);
  assert.deepEqual(
    await dataOf("result = [math.pi > 3, 'x' in globals()]", {}, { libs: ["math", "some-package>=1"] }),
    [true, false],
  );
  assert.equal(await dataOf("result = 1", {}, { libs: {} }), 1);
  const { error } = await run("result = 1", {}, { libs: { x: "no_such_module" } });
  assert.equal(error?.kind, "configuration");
  assert.equal(error?.code, "PY_ModuleNotFoundError");
  assert.match(error?.message ?? "", /'no_such_module' is not installed for/);
});

test("env, cwd and what a call is told of itself, gone at the next call", async () => {
  const folder = await mkdtemp(join(tmpdir(), "noetl-py-"));
  try {
    const code =
      "result = [os.environ.get('A'), os.environ.get('NOETL_STEP'), os.environ.get('NOETL_EXECUTION_ID'), os.path.basename(os.getcwd())]";
    const cwd = folder.split("/").at(-1);
    assert.deepEqual(await dataOf(code, {}, { env: { A: 1 }, cwd: folder }), ["1", "probe", "42", cwd]);
    await dataOf(
      "os.environ['B'] = 'x'; os.environ.pop('HOME', None); os.chdir('/'); import sys; sys.path.clear(); sys.stdout = None; result = 1",
    );
    assert.deepEqual(
      await dataOf("result = [os.environ.get('A'), os.environ.get('B'), 'HOME' in os.environ, os.getcwd() != '/']"),
      [null, null, true, true],
    );
    assert.deepEqual((await run("print('seen'); import colorsys")).stdout, "seen\n");
    assert.equal((await run("result = 1", {}, { cwd: "/no/such" })).error?.code, "CWD_NOT_FOUND");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the globals of one call are not those of the next", async () => {
  await dataOf("leak = 1\nresult = 1");
  assert.equal(await dataOf("result = 'leak' in globals()"), false);
});

test("credentials become environment variables of the call, their files are removed", async () => {
  const auth = {
    g: {
      name: "g",
      type: "google_service_account",
      data: { service_account_json: { client_email: "x@y" }, project_id: "p" },
    },
    a: { name: "a", type: "aws", data: { access_key_id: "id", secret_access_key: "key", region: "r" } },
    z: { name: "z", type: "azure", data: { connection_string: "cs" } },
  };
  const code =
    "f = os.environ['GOOGLE_APPLICATION_CREDENTIALS']\nresult = [f, json.load(open(f)), oct(os.stat(f).st_mode)[-3:], os.environ['GOOGLE_CLOUD_PROJECT'], os.environ['AWS_SECRET_ACCESS_KEY'], os.environ['AWS_DEFAULT_REGION'], os.environ['AZURE_STORAGE_CONNECTION_STRING']]";
  const { data } = await host.run(pythonTool, { code }, { auth });
  assert.ok(Array.isArray(data));
  assert.deepEqual(data.slice(1), [{ client_email: "x@y" }, "600", "p", "key", "r", "cs"]);
  await assert.rejects(readFile(String(data[0])), { code: "ENOENT" });
  assert.equal(await dataOf("result = os.environ.get('AWS_ACCESS_KEY_ID')"), process.env.AWS_ACCESS_KEY_ID ?? null);
});

test("a worker's own variables stay with it", async () => {
  const own = testHost({
    childEnvironment: "clean",
    processEnv: { PATH: process.env.PATH, HOME: "/", WORKER_SECRET: "s", PYTHONPATH: "/x" },
  });
  try {
    const { data } = await own.run(pythonTool, {
      code: "import sys\nresult = ['WORKER_SECRET' in os.environ, 'PATH' in os.environ, '/x' in sys.path]",
    });
    assert.deepEqual(data, [false, true, false]);
  } finally {
    await own.close();
  }
});

test("modules of the working directory are those of this call", async () => {
  const folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), "noetl-py-"))));
  try {
    for (const [index, folder] of folders.entries()) await writeFile(join(folder, "helper_mod.py"), `n = ${index}`);
    const code = "import helper_mod\nresult = helper_mod.n";
    for (const [index, cwd] of folders.entries()) assert.equal(await dataOf(code, {}, { cwd }), index);
    for (const [index, folder] of folders.entries()) {
      assert.equal(await dataOf(code, {}, { deps: { sys_path: folder } }), index);
      await writeFile(join(folder, "main.py"), code);
      assert.equal((await host.run(pythonTool, { script: { uri: join(folder, "main.py") } })).data, index);
    }
    assert.equal((await run(code)).error?.code, "PY_ModuleNotFoundError");
    const clean = testHost({ childEnvironment: "clean", processEnv: { PATH: process.env.PATH } });
    const env = { PYTHONPATH: folders[1] ?? "" };
    assert.equal((await clean.run(pythonTool, { code, env })).data, 1);
    await clean.close();
  } finally {
    for (const folder of folders) await rm(folder, { recursive: true });
  }
});

test("what the host must fetch first passes through", async () => {
  const need = new Error("a body is needed");
  const own = testHost({
    resources: host.resources,
    flatContext: () => {
      throw need;
    },
  });
  await assert.rejects(own.run(pythonTool, { code: "result = context.get('x')" }), need);
});
