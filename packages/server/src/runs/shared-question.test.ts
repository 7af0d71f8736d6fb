import assert from "node:assert/strict";
import { test } from "node:test";
import { sharedQuestion } from "./shared-question.ts";

test("who comes while a question is asked shares the next one, and sees what was written before", async () => {
  const answers: (() => void)[] = [];
  let stored = 1;
  const ask = sharedQuestion(
    () =>
      new Promise<number>((resolve) => {
        const seen = stored;
        answers.push(() => resolve(seen));
      }),
  );
  const first = ask("a");
  stored = 2;
  const later = [ask("a"), ask("a")];
  answers[0]?.();
  assert.equal(await first, 1);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(answers.length, 2);
  answers[1]?.();
  assert.deepEqual(await Promise.all(later), [2, 2]);
});

test("a question that fails fails for those who shared it, not for the next", async () => {
  let fail = true;
  const ask = sharedQuestion(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    if (fail) throw new Error("away");
    return 1;
  });
  await assert.rejects(ask("a"), /away/);
  fail = false;
  assert.equal(await ask("a"), 1);
});
