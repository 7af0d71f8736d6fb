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

test(`${SEEDS} worlds: every run ends as it should, whatever gets lost, late, repeated or killed`, async (t) => {
  const share = Math.ceil(SEEDS / PROCESSES);
  const parts = Array.from({ length: PROCESSES }, (_, index) => worlds(FIRST + index * share, share));
  const lines = (await Promise.all(parts)).flat();
  const failed = lines.filter((line) => line.seed !== undefined);
  const sum = (key: "events" | "seconds") => lines.reduce((total, line) => total + (line[key] ?? 0), 0);
  t.diagnostic(`${sum("events")} events in ${Math.round(sum("seconds") / 3_600)} h of virtual time`);
  const [first] = failed;
  const more = failed.map((line) => line.seed).join(", ");
  assert.ok(!first, `seeds ${more} failed; node test/simulation/replay.ts ${first?.seed}\n${first?.failure}`);
});

test("a world is the same each time it is told", async () => {
  for (const seed of [3, 7, 10]) {
    const [once, again] = [await simulate(seed), await simulate(seed)];
    assert.deepEqual(again, once, `seed ${seed}`);
  }
});
