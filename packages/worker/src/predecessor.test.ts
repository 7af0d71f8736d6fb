import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { namePlate } from "./predecessor.ts";
import { temporaryFolder } from "./testing/kit.ts";

test("a predecessor is found when its process is gone, and only then", async (t) => {
  const file = join(await temporaryFolder(t), "workers", "x");
  const alive = new Set<number>();
  const plate = namePlate(file, (pid) => alive.has(pid));
  assert.equal(await plate.find(), undefined);
  await plate.put({ id: "w1", pid: 7 });
  assert.deepEqual(await plate.find(), { id: "w1", pid: 7 });
  alive.add(7);
  assert.equal(await plate.find(), undefined);
  await plate.remove({ id: "w2", pid: 8 });
  alive.clear();
  assert.deepEqual(await plate.find(), { id: "w1", pid: 7 });
  await plate.remove({ id: "w1", pid: 7 });
  assert.equal(await plate.find(), undefined);
  await writeFile(file, "nonsense");
  assert.equal(await plate.find(), undefined);
});
