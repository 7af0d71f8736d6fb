import assert from "node:assert/strict";
import { test } from "node:test";
import { NoetlError } from "@noetl/core";
import { logSettings, openLog } from "./log.ts";

function written(options: Partial<Parameters<typeof openLog>[0]> = {}) {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  return { lines, log: openLog({ write, now: () => 0, level: "info", format: "text", secrets: [], ...options }) };
}

test("a line tells time, level, words and fields", () => {
  const { log, lines } = written();
  log.debug("nothing");
  log.info("listens", { url: "http://h:1", roles: "a, b", n: 3, none: undefined });
  log.error("failed", { error: new NoetlError("unavailable", "GONE", "it is gone") });
  assert.deepEqual(lines, [
    '1970-01-01T00:00:00.000Z INFO  listens url=http://h:1 roles="a, b" n=3\n',
    '1970-01-01T00:00:00.000Z ERROR failed error="GONE: it is gone"\n',
  ]);
});

test("for collectors it is JSON, also when words hold line ends", () => {
  const { log, lines } = written({ format: "json" });
  log.warn("two\nlines", { n: 1 });
  assert.equal(lines.length, 1);
  assert.deepEqual(JSON.parse(lines[0] ?? ""), {
    time: "1970-01-01T00:00:00.000Z",
    level: "warn",
    message: "two\nlines",
    n: 1,
  });
});

test("text is one line a message as well", () => {
  const { log, lines } = written();
  log.warn("two\nlines");
  assert.equal(lines[0]?.split("\n").length, 2);
});

test("secrets are masked, known ones and those that look like it", () => {
  for (const format of ["text", "json"] as const) {
    const { log, lines } = written({ format, secrets: ["s3cret-value", "short"] });
    log.info("with s3cret-value", { url: "nats://u:pass1@n:4222", header: "Bearer abcdefghijkl", word: "short" });
    assert.doesNotMatch(lines[0] ?? "", /s3cret|pass1|abcdefgh/);
    assert.match(lines[0] ?? "", /with \*\*\*.*short/);
  }
});

test("levels and formats come from the environment", () => {
  assert.deepEqual(logSettings({}), { level: "info", format: "text" });
  assert.deepEqual(logSettings({ LOG_LEVEL: "WARNING", NOETL_LOG_FORMAT: "JSON" }), { level: "warn", format: "json" });
  assert.deepEqual(logSettings({ NOETL_DEBUG: "true" }), { level: "debug", format: "text" });
});
