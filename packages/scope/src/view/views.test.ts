import assert from "node:assert/strict";
import { test } from "node:test";
import type { ErrorInfo, Json } from "@noetl/core";
import { compile, type Names } from "@noetl/template";
import {
  conditionHolds,
  dataView,
  type Envelope,
  envelopeView,
  NeedBody,
  type ResultRef,
  responseView,
  type StepRecord,
  siteC,
  stepView,
} from "../index.ts";

const NO_BODY = () => undefined;
const ERROR: ErrorInfo = { kind: "rate_limit", retryable: true, message: "slow down", status_code: 429 };
const META = { attempt: 1, duration_ms: 2, tool: "http", started_at: "2024-01-01T00:00:00.000Z" };

const ok = (data: Json): StepRecord => ({ step: "s", run: 1, status: "ok", data });
const failed = (data: Json): StepRecord => ({ step: "s", run: 1, status: "error", data, error: ERROR });

function of(value: unknown): (source: string) => unknown {
  const names: Names = { lookup: (name) => (name === "s" ? value : undefined) };
  return (source) => compile(`{{ ${source} }}`).render(names);
}
const step = (record: StepRecord, body: (ref: string) => Json | undefined = NO_BODY) => of(stepView(record, body));

test("a map: its fields, then the envelope's", () => {
  const s = step({ ...ok({ rows: [1], status: "ready" }), http: { status: 200, headers: {} }, meta: META });
  assert.deepEqual(s("s"), { rows: [1], status: "ready" });
  assert.deepEqual(s("s.rows"), [1]);
  assert.equal(s("s.status"), "ready");
  assert.equal(s("s.http.status"), 200);
  assert.equal(s("s.meta.tool"), "http");
  assert.equal(s("s.error is defined"), false);
  assert.deepEqual(s("s.data"), { rows: [1], status: "ready" });
  assert.deepEqual(s("s.data.rows"), [1]);
  assert.equal(s("s.nope"), null);
  assert.equal(step(ok({ data: { a: 1 }, error: "mine" }))("s.data.a"), 1);
  assert.equal(step(ok({ error: "mine" }))("s.error"), "mine");
  assert.equal(step(ok({ a: 1 }))("s.status == 'success' and s.status == 'completed' and s.status == 'ok'"), true);
  assert.equal(step(ok({ status: "success" }))("s.status == 'ok'"), false, "a data field is no envelope status");
});

test("result, output and context are aliases at any depth, unless the data has them", () => {
  const s = step(ok({ x: 1 }));
  for (const path of [
    "s.result.x",
    "s.output.x",
    "s.context.x",
    "s.result.result.x",
    "s.data.result.x",
    "s.result.data.output.x",
  ]) {
    assert.equal(s(path), 1, path);
  }
  assert.equal(step(ok({ result: { x: 2 } }))("s.result.x"), 2);
  assert.equal(step(ok({ result: { x: 2 } }))("s.result.result"), null);
});

test("a list or scalar: itself, `data`, and the envelope", () => {
  const list = step(ok([1, 2]));
  assert.deepEqual(list("s"), [1, 2]);
  assert.deepEqual(list("s.data"), [1, 2]);
  assert.deepEqual(list("s.result"), [1, 2]);
  assert.equal(list("s[1]"), 2);
  assert.equal(list("s | length"), 2);
  assert.equal(list("2 in s"), true);
  assert.equal(list("s.status"), "ok");
  assert.equal(step(ok("text"))("s ~ '!'"), "text!");
  assert.equal(step(ok("text"))("s == 'text' and s.data[0] == 't'"), true);
  assert.equal(step(ok(0))("s + 1"), 1);
  assert.equal(step(ok(null))("s is none"), true);
  assert.equal(step(ok([]))("'empty' if not s else 'full'"), "empty");
});

test("skipped and absent steps are undefined", () => {
  assert.equal(stepView({ step: "s", run: 1, status: "skipped" }, NO_BODY), undefined);
  assert.equal(of(siteC({ step: "s", run: 1, status: "skipped" }, NO_BODY))("s.status"), "skipped");
});

test("a failed step shows the envelope's status and error; its data stays under data", () => {
  const s = step(failed({ status: "data status", status_code: 429, error: "data error" }));
  assert.equal(s("s.status"), "error");
  assert.equal(s("s.status == 'failed'"), true);
  assert.equal(s("s.status == 'data status'"), false);
  assert.equal(s("s.error.kind"), "rate_limit");
  assert.equal(s("s.error is defined"), true);
  assert.equal(s("s.data.status"), "data status");
  assert.equal(s("s.data.error"), "data error");
  assert.equal(s("s.status_code"), 429);
  const late: StepRecord = { step: "s", run: 1, status: "timeout", error: { ...ERROR, kind: "timeout" } };
  assert.equal(step(late)("s.status == 'error' and s.status == 'failed' and s.status == 'timeout'"), true);
  assert.equal(step(late)("s.status != 'error'"), false);
  assert.equal(step(late)("s.status ~ ''"), "error");
  assert.equal(step(late)("s.data.x is defined"), false);
});

test("a single http task of a local playbook shows its numeric status", () => {
  const record = { ...ok({ status_code: 404, body: "gone" }), http: { status: 404, headers: {} } };
  assert.equal(of(siteC(record, NO_BODY, { httpLenient: true }))("s.status"), 404);
  assert.equal(of(siteC(record, NO_BODY, { httpLenient: true }))("s.body"), "gone");
  assert.equal(of(siteC(record, NO_BODY))("s.status"), "ok");
});

const LOOP: StepRecord = {
  step: "s",
  run: 1,
  status: "ok",
  parts: [{ data: { v: 1 } }, null, { data: { v: 3 } }],
  stats: { total: 3, success: 2, failed: 1, skipped: 0 },
  errors: [{ index: 1, error: ERROR }],
};

test("a loop: its results when walked, the aggregate as a whole", () => {
  const s = step(LOOP);
  assert.deepEqual(s("s"), {
    results: [{ v: 1 }, null, { v: 3 }],
    stats: LOOP.stats,
    errors: [{ index: 1, error: ERROR }],
  });
  assert.deepEqual(s("s.data"), [{ v: 1 }, null, { v: 3 }]);
  assert.deepEqual(s("s.results | map(attribute='v') | list"), [1, null, 3]);
  assert.deepEqual(s("[s[0].v, s[-1].v, s.data[2].v, s.results.0.v, s | length, s.stats.failed]"), [1, 3, 3, 1, 3, 1]);
  assert.equal(s("s.errors[0].error.kind"), "rate_limit");
  assert.equal(s("{'v': 3} in s"), true);
  assert.equal(s("s.status"), "ok");
  assert.equal(s("s.result.output[0].v"), 1);
  assert.equal(s("s[9] is defined"), false);
  const clean = step({ ...LOOP, errors: [], parts: [] });
  assert.deepEqual(clean("s"), { results: [], stats: LOOP.stats });
  assert.equal(clean("s.errors | length"), 0);
  const cursor = step({ ...LOOP, parts: [], errors: [], cursor: { cursor: "drained", frames: 2, rows: 9 } });
  assert.deepEqual(cursor("[s.cursor, s.frames, s.rows]"), ["drained", 2, 9]);
});

test("a loop that concatenates or merges what its iterations found", () => {
  const parts = [{ data: { page: { rows: [1, 2] } } }, null, { data: { page: { rows: [3], more: 1 } } }];
  const rows = step({ ...LOOP, parts, gather: { strategy: "concat", path: "page.rows" } });
  assert.deepEqual(rows("s.results"), [1, 2, 3]);
  assert.deepEqual(rows("[s | length, s[2], s.data[-1], 2 in s, s.stats.total]"), [3, 3, 3, true, 3]);
  const first = step({ ...LOOP, parts, gather: { strategy: "concat", path: "page.rows", max: 2 } });
  assert.deepEqual(first("s.results"), [1, 2]);
  const merged = step({ ...LOOP, parts, gather: { strategy: "merge", path: "page" } });
  assert.deepEqual(merged("s.results"), [{ rows: [3], more: 1 }]);
  assert.deepEqual(step({ ...LOOP, parts: [], gather: { strategy: "concat" } })("s.results"), []);
});

const REF: ResultRef = {
  kind: "result_ref",
  ref: "noetl://execution/1/result/s/1",
  store: "kv",
  scope: "execution",
  expires_at: null,
  meta: { bytes: 99_000, sha256: "abc", media_type: "application/json" },
  extracted: { row_count: 3, _keys: ["rows", "row_count"] },
  preview: "{",
};
const BODY = { rows: [{ id: 1 }], row_count: 3 };
const referenced: StepRecord = { step: "s", run: 1, status: "ok", ref: REF };

test("a stored result answers what it can without its body", () => {
  const s = step(referenced);
  assert.equal(s("s.row_count"), 3);
  assert.equal(s("s._ref"), REF.ref);
  assert.deepEqual(s("[s._store, s._size_bytes, s._preview]"), ["kv", 99_000, "{"]);
  assert.equal(s("s.status"), "ok");
  assert.equal(s("s.error is defined"), false);
  assert.equal(s("s.result.row_count"), 3);
  assert.equal(s("s.nope is defined"), false);
  assert.equal(s("1 if s else 0"), 1);
});

test("what needs the body asks for it, and is answered when it has been provided", () => {
  const bodies = new Map<string, Json>();
  const s = step(referenced, (ref) => bodies.get(ref));
  const sources = ["s.rows[0].id", "s.data.rows[0].id", "s.result.rows[0].id", "s['rows'] | length"];
  for (const source of [...sources, "s", "s.data", "s | tojson"]) {
    assert.throws(
      () => s(source),
      (error) => error instanceof NeedBody && error.ref === REF.ref,
      source,
    );
  }
  bodies.set(REF.ref, BODY);
  for (const source of sources) assert.equal(s(source), 1, source);
  assert.deepEqual(s("s"), BODY);
  assert.deepEqual(s("s.data"), BODY);
});

test("conditions on whole results fetch no large body", () => {
  const holds = (record: StepRecord) => conditionHolds(stepView(record, NO_BODY));
  assert.equal(holds(referenced), true);
  assert.equal(holds({ ...LOOP, parts: [{ ref: REF }] }), true);
  assert.equal(holds(ok("no")), false);
  assert.equal(holds(ok(" False ")), false);
  assert.equal(holds(ok("yes")), true);
  assert.equal(holds(ok([])), false);
  assert.throws(() => holds({ ...referenced, ref: { ...REF, meta: { ...REF.meta, bytes: 4 } } }), NeedBody);
});

test("one stored part of a loop is fetched alone", () => {
  const part = (n: number): ResultRef => ({ ...REF, ref: `ref-${n}` });
  const record = { ...LOOP, errors: [], parts: [{ ref: part(0) }, { ref: part(1) }] };
  const asked: string[] = [];
  const s = step(record, (ref) => {
    asked.push(ref);
    return { v: ref };
  });
  assert.equal(s("s[1].v"), "ref-1");
  assert.equal(s("s.data[1].v"), "ref-1");
  assert.equal(s("s | length"), 2);
  assert.deepEqual(asked, ["ref-1", "ref-1"]);
});

const http: Envelope = {
  status: "error",
  data: { status_code: 429, data: { items: [1] }, body: { items: [1] } },
  error: ERROR,
  http: { status: 429, headers: {} },
  meta: META,
};

test("site A: the envelope; data only through data", () => {
  const s = of(envelopeView(http, NO_BODY));
  assert.equal(s("s.status == 'failed'"), true);
  assert.deepEqual([s("s.error.kind"), s("s.http.status")], ["rate_limit", 429]);
  assert.deepEqual(s("s.data.data.items"), [1]);
  assert.deepEqual(s("s.response.body.items"), [1]);
  assert.equal(s("s.status_code is defined"), false);
  assert.deepEqual(s("s"), http);
  const response = of(responseView(http, NO_BODY));
  assert.equal(response("s.status_code"), 429);
  assert.equal(response("s.status"), "error");
});

test("site B: the data, itself under data, the envelope as a last resort", () => {
  const s = of(dataView({ ...http, status: "ok", data: { rows: [7], status: "mine" } }, NO_BODY));
  assert.deepEqual(s("s"), { rows: [7], status: "mine" });
  assert.deepEqual([s("s.rows"), s("s.data.rows"), s("s.status"), s("s.http.status")], [[7], [7], "mine", 429]);
});
