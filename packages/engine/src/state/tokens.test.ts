import assert from "node:assert/strict";
import { test } from "node:test";
import { type Plan, planOf } from "@noetl/playbook";
import fc from "fast-check";
import { playbook } from "../../test/kit/playbook.ts";
import type { StepRun } from "./step-run.ts";
import { type Token, tokens, type Verdict } from "./tokens.ts";

/** DSL §18.4–18.6 word by word: everything is looked at again each time. */
function naive(plan: Plan) {
  const held = new Map<string, Token[]>();
  const running = new Set<string>();
  const endSeq = new Map<string, number>();
  const live = () => new Set([...running, ...held.keys()]);
  const ready = (target: string): boolean => {
    const { preds } = plan.steps.get(target) ?? { preds: new Set<string>() };
    if (preds.size < 2) return true;
    const sources = new Set(held.get(target)?.map(({ from }) => from));
    for (const pred of preds) {
      if (sources.has(pred)) continue;
      for (const x of live()) if (x !== target && (x === pred || plan.steps.get(x)?.reach.has(pred))) return false;
    }
    return true;
  };
  return {
    held,
    running,
    endSeq,
    next(): Verdict | undefined {
      for (const [target, list] of held) {
        if (running.has(target)) continue;
        const end = endSeq.get(target);
        const token = end === undefined ? undefined : list.find(({ back, seq }) => !back && seq <= end);
        if (token) return { kind: "drop", target, token };
        if (ready(target)) return { kind: "start", target, tokens: list };
      }
      return undefined;
    },
  };
}

interface Graph {
  arcs: number[][];
  choices: number[];
}

const graphs = fc.noBias(
  fc.record<Graph>({
    arcs: fc.array(fc.array(fc.nat(11), { minLength: 1, maxLength: 4, size: "max" }), {
      minLength: 4,
      maxLength: 12,
      size: "max",
    }),
    choices: fc.array(fc.nat(1_000_000), { minLength: 80, maxLength: 80 }),
  }),
);

test("joins start, wait and drop exactly as the algorithm of the language says, in token order", () => {
  let drops = 0;
  let joins = 0;
  const property = fc.property(graphs, ({ arcs, choices }) => {
    const name = (index: number) => `s${index % arcs.length}`;
    const steps = arcs.map(
      (targets, at) => [`s${at}`, { arcs: targets.map(name), mode: "inclusive" as const }] as const,
    );
    const plan = planOf(playbook(Object.fromEntries(steps)));
    const board = tokens(plan);
    const model = naive(plan);
    const runs = new Map<string, StepRun>();
    let seq = 1;
    let choice = 0;
    const roll = (below: number) => (choices[choice++ % choices.length] ?? 0) % below;
    const push = (target: string, token: Token) => {
      board.push(target, token);
      model.held.set(target, [...(model.held.get(target) ?? []), token]);
    };
    const settle = () => {
      for (let verdict = board.next(); ; verdict = board.next()) {
        assert.deepEqual(verdict, model.next());
        if (verdict === undefined) return;
        const { target } = verdict;
        if (verdict.kind === "drop") {
          drops += 1;
          const { from = "" } = verdict.token;
          board.drop(target, from);
          const rest = (model.held.get(target) ?? []).filter((token) => token !== verdict.token);
          if (rest.length > 0) model.held.set(target, rest);
          else model.held.delete(target);
          continue;
        }
        if (verdict.tokens.length > 1) joins += 1;
        board.consume(target);
        model.held.delete(target);
        const run = { step: target, status: "RUNNING", endSeq: 0 } as StepRun;
        runs.set(target, run);
        model.running.add(target);
        board.running(run);
      }
    };
    push("s0", { from: undefined, seq: 0, back: false, input: undefined });
    settle();
    while (choice < 60 && model.running.size > 0) {
      const ending = [...model.running][roll(model.running.size)] ?? "";
      const run = runs.get(ending);
      if (run === undefined) return;
      run.status = "COMPLETED";
      run.endSeq = ++seq;
      model.running.delete(ending);
      model.endSeq.set(ending, seq);
      board.over(run);
      const { step, backEdges } = plan.steps.get(ending) ?? {};
      const targets = new Set(step?.next?.arcs.flatMap((arc) => (roll(3) > 0 ? arc.targets : [])));
      for (const target of targets) {
        push(target, { from: ending, seq, back: backEdges?.has(target) ?? false, input: undefined });
      }
      settle();
      if (model.running.size === 0) assert.equal(model.held.size, 0, "nothing waits for ever");
    }
  });
  fc.assert(property, { numRuns: 600, seed: 11 });
  assert.ok(drops > 50 && joins > 300, `the graphs are worth something: ${drops} drops, ${joins} joins`);
});
