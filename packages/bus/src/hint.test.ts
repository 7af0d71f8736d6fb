import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeHint, encodeHint, subjectOf } from "./hint.ts";

describe("command notification", () => {
  const hint = {
    execution_id: "9007199254740993",
    event_id: "396177100697600001",
    command_id: "s#1",
    step: 'a "execution_id":5 b',
    pool: "shared",
  };

  test("carries ids as integers, and they come back digit by digit", () => {
    const text = encodeHint(hint);
    assert.match(text, /"execution_id":9007199254740993,"event_id":396177100697600001,/);
    assert.deepEqual(decodeHint(text, subjectOf(hint)), hint);
  });

  test("is read from older publishers: text ids, numeric command id, pool in the subject", () => {
    const text = '{"execution_id": "1", "event_id" : 9007199254740993, "command_id": 9007199254740995}';
    assert.deepEqual(decodeHint(text, "noetl.commands.python.1"), {
      execution_id: "1",
      event_id: "9007199254740993",
      command_id: "9007199254740995",
      step: "",
      pool: "python",
    });
    assert.equal(decodeHint(text, "noetl.commands").pool, "legacy");
  });

  test("goes to a subject a broker accepts", () => {
    assert.equal(subjectOf(hint), "noetl.commands.shared.9007199254740993");
    assert.equal(subjectOf({ ...hint, pool: "gpu.big *" }), "noetl.commands.gpu-big--.9007199254740993");
    assert.equal(subjectOf({ ...hint, pool: "legacy" }), "noetl.commands");
  });

  test("is refused when it is none", () => {
    for (const text of [
      "",
      "{",
      "[]",
      "{}",
      '{"execution_id":1}',
      '{"execution_id":1.5,"event_id":2}',
      '{"execution_id":"x","event_id":2}',
    ]) {
      assert.throws(() => decodeHint(text, "noetl.commands"), { code: "E_HINT" }, text);
    }
  });
});
