import type { Playbook } from "../model.ts";

/** What a depth-first search from the entry tells about the edges (DSL §18.2). Indexes are places in the workflow. */
export interface Walk {
  readonly names: readonly string[];
  readonly index: ReadonlyMap<string, number>;
  readonly forward: readonly (readonly number[])[];
  readonly back: readonly ReadonlySet<number>[];
  /** sources before targets over forward edges */
  readonly order: readonly number[];
  readonly reached: ReadonlySet<number>;
}

/** Decision 25: `entry_step`, else a step named `start`, else the first. */
export function entryOf(playbook: Playbook): string {
  const wanted = playbook.executor.spec.entry_step;
  const names = playbook.workflow.map((step) => step.step);
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  return names.includes("start") ? "start" : (names[0] ?? "start");
}

export function walk(playbook: Playbook, entry: string): Walk {
  const names = playbook.workflow.map((step) => step.step);
  const index = new Map<string, number>();
  names.forEach((name, at) => {
    if (!index.has(name)) index.set(name, at);
  });
  const edges = playbook.workflow.map((step) => {
    const targets = (step.next?.arcs ?? []).flatMap((arc) => arc.targets);
    return [...new Set(targets)].flatMap((target) => index.get(target) ?? []);
  });
  const forward: number[][] = names.map(() => []);
  const back: Set<number>[] = names.map(() => new Set<number>());
  const state = new Uint8Array(names.length); // 0 not seen, 1 on the stack, 2 left
  const finished: number[] = [];
  const visit = (root: number) => {
    if (state[root] !== 0) return;
    state[root] = 1;
    const stack = [{ at: root, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const to = edges[top.at]?.[top.next++];
      if (to === undefined) {
        state[top.at] = 2;
        finished.push(top.at);
        stack.pop();
      } else if (state[to] === 1) {
        back[top.at]?.add(to);
      } else {
        forward[top.at]?.push(to);
        if (state[to] === 0) {
          state[to] = 1;
          stack.push({ at: to, next: 0 });
        }
      }
    }
  };
  visit(index.get(entry) ?? 0);
  const reached = new Set(finished);
  for (let at = 0; at < names.length; at++) visit(at);
  return { names, index, forward, back, order: finished.reverse(), reached };
}
