import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { heap } from "./heap.ts";
import { queue } from "./queue.ts";
import { timers } from "./timers.ts";

test("a queue gives back what was pushed, in order, however pushes and shifts mix", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat())), (moves) => {
      const ours = queue<number>();
      const model: number[] = [];
      for (const value of moves) {
        if (value === null) assert.equal(ours.shift(), model.shift());
        else {
          ours.push(value);
          model.push(value);
        }
        assert.deepEqual([ours.size, ours.peek()], [model.length, model[0]]);
      }
    }),
  );
});

test("a heap gives the smallest key first", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer()), (keys) => {
      const ours = heap<string>();
      for (const key of keys) ours.push(key, `${key}`);
      const out = keys.map(() => ours.pop()?.value);
      assert.deepEqual(out, [...keys].sort((a, b) => a - b).map(String));
      assert.equal(ours.pop(), undefined);
    }),
  );
});

test("the next timer is the earliest that is still set; what was taken or moved does not fire", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ name: fc.nat(20), at: fc.nat(500), take: fc.boolean() }), { maxLength: 400 }),
      (moves) => {
        const ours = timers();
        const model = new Map<string, number>();
        for (const { name, at, take } of moves) {
          const id = `t${name}`;
          if (take) {
            assert.equal(ours.take(id) !== undefined, model.delete(id));
          } else {
            ours.set(id, at, { kind: "grace" });
            model.set(id, at);
          }
          const earliest = model.size === 0 ? undefined : Math.min(...model.values());
          assert.equal(ours.next()?.at, earliest);
        }
      },
    ),
  );
});
