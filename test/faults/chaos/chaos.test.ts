import assert from "node:assert/strict";
import { test } from "node:test";
import { NATS_MISSING } from "../../services/nats.ts";
import { chaos } from "./chaos.ts";
import { summaryText } from "./summary.ts";

/** `npm run chaos` does a hundred. */
const ROUNDS = 10;

test("kill -9 of servers, workers, PostgreSQL and nats-server under load breaks no promise", async (t) => {
  const seed = String(Date.now());
  const notes: string[] = [];
  const summary = await chaos({ rounds: ROUNDS, seed, note: (what) => notes.push(what) });
  if (!summary) return t.skip(NATS_MISSING);
  const text = summaryText(summary, seed);
  assert.deepEqual(summary.broken, [], `${notes.join("\n")}\n${text}`);
  for (const [kind, times] of Object.entries(summary.kills)) assert.ok(times >= 2, `${kind} was killed ${times} times`);
  assert.ok(summary.runs > 0 && summary.calls > 0 && summary.acknowledged > 0 && summary.shown > 0, text);
});
