import type { JsonObject } from "@noetl/core";
import type { Plan } from "@noetl/playbook";
import { heap } from "./heap.ts";
import type { StepRun } from "./step-run.ts";

/** A pending activation of a step. */
export interface Token {
  /** driving step; `undefined` for the entry */
  readonly from: string | undefined;
  /** when the driving step ended */
  readonly seq: number;
  /** came over a back-edge (DSL §18.2) */
  readonly back: boolean;
  readonly input: JsonObject | undefined;
}

export type Verdict =
  | { kind: "start"; target: string; tokens: readonly Token[] }
  | { kind: "drop"; target: string; token: Token };

/**
 * Tokens and the joins they wait at (DSL §18.4–18.6). A target is examined when something that its readiness depends
 * on has changed, never otherwise: a waiting join remembers one live step that can still reach it, and is examined
 * again when that step is no longer live.
 */
export interface Tokens {
  /** targets that hold a token */
  readonly size: number;
  push(target: string, token: Token): void;
  /** The first thing to do in token order. Changes no token. */
  next(): Verdict | undefined;
  /** Takes all tokens of a target, which then runs or was skipped. */
  consume(target: string): void;
  drop(target: string, from: string): void;
  /** The run of `step` was entered. */
  running(run: StepRun): void;
  /** The run of `step` is over, or it was skipped. */
  over(run: StepRun): void;
  clear(): void;
  /** For `why`: who holds tokens, and which live step a join waits for. */
  waiting(): Iterable<{ target: string; from: (string | undefined)[]; for: string | undefined }>;
}

export function tokens(plan: Plan): Tokens {
  const held = new Map<string, { order: number; list: Token[]; sources: Set<string | undefined> }>();
  const latest = new Map<string, StepRun>();
  const live = new Set<string>();
  const candidates = heap<string>();
  const queued = new Set<string>();
  /** waiting join → the live step it waits for, and the predecessor that step can reach */
  const witness = new Map<string, { live: string; pred: string }>();
  const watchers = new Map<string, Set<string>>();
  let order = 0;

  const isRunning = (step: string) => latest.get(step)?.status === "RUNNING";

  function examine(target: string): void {
    const entry = held.get(target);
    if (entry === undefined || queued.has(target)) return;
    queued.add(target);
    candidates.push(entry.order, target);
  }
  function unwatch(target: string): void {
    const seen = witness.get(target);
    if (seen === undefined) return;
    witness.delete(target);
    const set = watchers.get(seen.live);
    set?.delete(target);
    if (set?.size === 0) watchers.delete(seen.live);
  }
  function refresh(step: string): void {
    if (held.has(step) || isRunning(step)) {
      live.add(step);
      return;
    }
    if (!live.delete(step)) return;
    for (const target of watchers.get(step) ?? []) examine(target);
  }
  function reaches(step: string, pred: string): boolean {
    return step === pred || (plan.steps.get(step)?.reach.has(pred) ?? false);
  }

  function remove(target: string): void {
    held.delete(target);
    queued.delete(target);
    unwatch(target);
  }

  function blocker(target: string, sources: ReadonlySet<string | undefined>) {
    const preds = plan.steps.get(target)?.preds;
    if (preds === undefined || preds.size < 2) return undefined;
    const known = witness.get(target);
    if (known !== undefined && live.has(known.live) && !sources.has(known.pred)) return known;
    for (const step of live) {
      if (step === target) continue;
      if (preds.has(step) && !sources.has(step)) return { live: step, pred: step };
      // Who cannot reach the join cannot reach a predecessor of it either.
      if (!reaches(step, target)) continue;
      if (known !== undefined && !sources.has(known.pred) && reaches(step, known.pred)) {
        return { live: step, pred: known.pred };
      }
      for (const pred of preds) if (!sources.has(pred) && reaches(step, pred)) return { live: step, pred };
    }
    return undefined;
  }

  return {
    get size() {
      return held.size;
    },
    push(target, token) {
      const entry = held.get(target);
      if (entry) {
        entry.list.push(token);
        entry.sources.add(token.from);
      } else {
        held.set(target, { order: order++, list: [token], sources: new Set([token.from]) });
      }
      live.add(target);
      examine(target);
    },
    next() {
      for (let top = candidates.peek(); top !== undefined; top = candidates.peek()) {
        const target = top.value;
        const entry = held.get(target);
        if (entry === undefined || entry.order !== top.key) {
          candidates.pop();
          continue;
        }
        if (!isRunning(target)) {
          const last = latest.get(target);
          const late = last && entry.list.find((token) => !token.back && token.seq <= last.endSeq);
          if (late) return { kind: "drop", target, token: late };
          const blocked = blocker(target, entry.sources);
          if (blocked === undefined) return { kind: "start", target, tokens: entry.list };
          unwatch(target);
          witness.set(target, blocked);
          const set = watchers.get(blocked.live);
          if (set) set.add(target);
          else watchers.set(blocked.live, new Set([target]));
        }
        candidates.pop();
        queued.delete(target);
      }
      return undefined;
    },
    consume(target) {
      remove(target);
    },
    drop(target, from) {
      const entry = held.get(target);
      const endSeq = latest.get(target)?.endSeq ?? 0;
      const at = entry?.list.findIndex((token) => token.from === from && !token.back && token.seq <= endSeq) ?? -1;
      if (entry === undefined || at < 0) return;
      entry.list.splice(at, 1);
      entry.sources = new Set(entry.list.map((token) => token.from));
      if (entry.list.length > 0) return;
      remove(target);
      refresh(target);
    },
    running(run) {
      latest.set(run.step, run);
      live.add(run.step);
    },
    over(run) {
      latest.set(run.step, run);
      examine(run.step);
      refresh(run.step);
    },
    clear() {
      const targets = [...held.keys()];
      held.clear();
      candidates.clear();
      queued.clear();
      witness.clear();
      watchers.clear();
      for (const target of targets) refresh(target);
    },
    *waiting() {
      for (const [target, { list }] of held) {
        yield { target, from: list.map((token) => token.from), for: witness.get(target)?.live };
      }
    },
  };
}
