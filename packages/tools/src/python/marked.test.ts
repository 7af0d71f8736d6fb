import assert from "node:assert/strict";
import { test } from "node:test";
import { capture } from "../process/capture.ts";
import { frame, frameReader } from "./frames.ts";
import { marked } from "./marked.ts";

test("the marker ends a call's output wherever chunks are cut, and look-alikes pass", () => {
  const marker = Buffer.from("\0abc:1\0");
  const bytes = Buffer.concat([Buffer.from("one\0abc:2\0 \0ab\n"), marker, Buffer.from("stray")]);
  for (let size = 1; size <= bytes.length; size++) {
    const stream = marked();
    const kept = capture({ head: 100, tail: 100 });
    let ended = 0;
    stream.begin(kept, marker, () => ended++);
    for (let at = 0; at < bytes.length; at += size) stream.push(bytes.subarray(at, at + size));
    assert.equal(kept.text(), "one\0abc:2\0 \0ab\n", `chunks of ${size}`);
    assert.equal(ended, 1);
  }
});

test("what could have been a marker is given out when the stream ends", () => {
  const stream = marked();
  const kept = capture({ head: 100, tail: 100 });
  stream.begin(kept, Buffer.from("\0abc\0"), () => assert.fail("no marker came"));
  stream.push(Buffer.from("x\0ab"));
  stream.end();
  assert.equal(kept.text(), "x\0ab");
});

test("frames are read whatever the chunks, too long ones are refused", () => {
  const bytes = Buffer.concat([frame("äb"), frame(""), frame("c".repeat(300))]);
  for (const size of [1, 3, 50, 1000]) {
    const frames: string[] = [];
    const read = frameReader(
      1000,
      (body) => frames.push(body.toString()),
      () => assert.fail("not too long"),
    );
    for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
    assert.deepEqual(frames, ["äb", "", "c".repeat(300)]);
  }
  let refused = 0;
  frameReader(
    10,
    () => assert.fail("no frame"),
    (length) => {
      refused = length;
    },
  )(frame("x".repeat(11)));
  assert.equal(refused, 11);
});
