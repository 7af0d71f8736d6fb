import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { simulate } from "./simulate.ts";

const SEEDS = Number(process.env.NOETL_SIMULATION_SEEDS ?? 1_000);
const FIRST = Number(process.env.NOETL_SIMULATION_FIRST ?? 1);
const PROCESSES = Math.min(4, availableParallelism());

interface Line {
  seed?: number;
  failure?: string;
  events?: number;
  seconds?: number;
}

async function worlds(first: number, count: number): Promise<Line[]> {
  const program = fileURLToPath(new URL("worlds.ts", import.meta.url));
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, `${first}`, `${count}`], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [out, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  assert.equal(code, 0, `worlds from seed ${first} on: ${errors}`);
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

/** Seeds of one test: on a slow machine each still ends within its limit. */
const TOGETHER = 250;

for (let from = 0; from < SEEDS; from += TOGETHER) {
  const [first, count] = [FIRST + from, Math.min(TOGETHER, SEEDS - from)];
  test(`worlds ${first} to ${first + count - 1}: every run ends as it should, whatever gets lost, late, repeated or killed`, async (t) => {
    const share = Math.ceil(count / PROCESSES);
    const parts: Promise<Line[]>[] = [];
    for (let begun = 0; begun < count; begun += share)
      parts.push(worlds(first + begun, Math.min(share, count - begun)));
    const lines = (await Promise.all(parts)).flat();
    const failed = lines.filter((line) => line.seed !== undefined);
    const sum = (key: "events" | "seconds") => lines.reduce((total, line) => total + (line[key] ?? 0), 0);
    t.diagnostic(`${sum("events")} events in ${Math.round(sum("seconds") / 3_600)} h of virtual time`);
    const [one] = failed;
    const more = failed.map((line) => line.seed).join(", ");
    assert.ok(!one, `seeds ${more} failed; node test/simulation/replay.ts ${one?.seed}\n${one?.failure}`);
  });
}

test("a world is the same each time it is told", async () => {
  for (const seed of [3, 7, 10]) {
    const [once, again] = [await simulate(seed), await simulate(seed)];
    assert.deepEqual(again, once, `seed ${seed}`);
  }
});
