import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { NoetlError, systemClock } from "@noetl/core";
import { silent } from "./log.ts";
import { type Outgoing, openOutbox } from "./outbox.ts";
import { temporaryFolder } from "./testing/kit.ts";
import { away, testPlane } from "./testing/plane.ts";

const random = { next: () => 0.5 };

describe("outbox", () => {
  const report = (id: string): Outgoing => ({
    hint: { execution_id: "1", event_id: id, command_id: id, step: "s" },
    worker: "w",
    fence: 1,
    key: `${id}:1`,
    events: [],
  });

  async function open(folder: string, over: { failing: boolean; sent: string[] }) {
    const plane = testPlane();
    plane.report = async ({ key }) => {
      if (over.failing) throw away();
      if (key === "bad:1") throw new NoetlError("validation", "E", "no");
      if (key === "late:1") throw new NoetlError("conflict", "FENCED", "lost");
      over.sent.push(key);
      return [];
    };
    const ports = { server: plane, folder, clock: systemClock, random, patienceMs: 0, log: silent };
    return openOutbox(ports);
  }

  test("keeps what cannot be sent in the order it came, and sends it in that order", async (t) => {
    const folder = join(await temporaryFolder(t), "spool");
    const over = { failing: true, sent: [] as string[] };
    const outbox = await open(folder, over);
    for (const id of ["a", "b", "late", "c"]) {
      assert.deepEqual(await outbox.send(report(id)), { outcome: "spooled" });
    }
    assert.equal(outbox.spooled, 4);
    assert.equal(await outbox.flush(), 4);
    over.failing = false;
    const later = await open(folder, over);
    assert.equal(later.spooled, 4);
    assert.deepEqual(await Promise.all([later.flush(), later.flush()]), [0, 0]);
    assert.deepEqual(over.sent, ["a:1", "b:1", "c:1"]);
    assert.deepEqual([later.spooled, await readdir(folder)], [0, []]);
  });

  test("tells a lost claim from a refusal", async (t) => {
    const outbox = await open(await temporaryFolder(t), { failing: false, sent: [] });
    assert.deepEqual(await outbox.send(report("late")), { outcome: "fenced" });
    assert.equal((await outbox.send(report("bad"))).outcome, "refused");
  });

  test("a file that cannot be read stands in nobody's way and is not thrown away", async (t) => {
    const folder = await temporaryFolder(t);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "000-1-000001.json"), "{ half");
    const over = { failing: false, sent: [] as string[] };
    const outbox = await open(folder, over);
    assert.equal(await outbox.flush(), 0);
    assert.deepEqual(await readdir(folder), ["000-1-000001.json.unreadable"]);
  });
});
