import type { LogEvent, PlaybookInitialized } from "@noetl/engine";
import type { Plan } from "@noetl/playbook";
import { type Loaded, loadText } from "../load.ts";
import type { Host } from "../options.ts";
import { type Memo, memoOf } from "./memo.ts";
import { inherit, recordOf, type Stray } from "./record.ts";

/** What a memo reads of a log; the rest, a third of it, is not even loaded. */
const TOLD: readonly LogEvent["type"][] = [
  "playbook.initialized",
  "step.enter",
  "command.issued",
  "call.done",
  "call.error",
  "child.started",
  "step.exit",
  "next.evaluated",
];

/** A run that wrote at least its first event. */
export interface PastRun {
  executionId: string;
  /** those of `TOLD` */
  events: LogEvent[];
  first: PlaybookInitialized;
  plan: Plan;
  strays: Stray[];
}

/**
 * A run and those it went on from, oldest first. A run that was resumed and stopped before it had taken over everything
 * knows only a part of what is done. `same` false ends the line: that run and those before it count for nothing.
 */
export async function lineageOf(
  host: Host,
  executionId: string,
  loaded: Loaded,
  same: (first: PlaybookInitialized) => boolean = () => true,
): Promise<PastRun[]> {
  const plans = new Map([[loaded.definition, loaded.plan]]);
  const runs: PastRun[] = [];
  for (let at: string | null = executionId; at !== null; ) {
    const summary = await host.store.executions.get(at);
    if (!summary) break;
    at = summary.resumed_from;
    const events = await host.store.log.load(summary.execution_id, { types: TOLD });
    const first = events[0];
    if (first?.type !== "playbook.initialized") continue;
    const text = await host.store.executions.definition(summary.definition);
    if (text === undefined || !same(first)) break;
    const plan =
      plans.get(summary.definition) ??
      loadText(text, { file: loaded.file, shown: loaded.file ?? first.path, registry: host.registry }).plan;
    plans.set(summary.definition, plan);
    const strays = await strayChildren(host, summary.execution_id, events);
    runs.unshift({ executionId: summary.execution_id, events, first, plan, strays });
  }
  return runs;
}

/** Parent and child write logs of their own: when they died the child's may have been ahead. */
async function strayChildren(host: Host, executionId: string, events: readonly LogEvent[]): Promise<Stray[]> {
  const known = new Set(events.map((event) => (event.type === "child.started" ? event.child_execution_id : "")));
  const children = await host.store.executions.list({ parent: executionId, limit: 10_000 });
  const strays: Stray[] = [];
  for (const { execution_id, seq } of children) {
    if (known.has(execution_id) || seq === 0) continue;
    const [first] = await host.store.log.load(execution_id, { limit: 1 });
    if (first?.type === "playbook.initialized" && first.parent) strays.push({ execution_id, parent: first.parent });
  }
  return strays;
}

/** What the runs of a line have done for one with this plan. `undefined` for an empty line. */
export function memoOfLineage(
  runs: readonly PastRun[],
  now: { plan: Plan; rerun?: string; keepChanged?: boolean },
): Memo | undefined {
  let memo: Memo | undefined;
  for (const [index, run] of runs.entries()) {
    const own = recordOf(run.events, run.strays);
    const next = runs[index + 1];
    memo = memoOf({
      from: run.executionId,
      recorded: memo ? inherit(own, memo.remaining(run.events)) : own,
      before: run.plan,
      ...(next ? askedFor(next) : { ...now, now: now.plan }),
    });
  }
  return memo;
}

function askedFor({ plan, first }: PastRun): { now: Plan; rerun?: string; keepChanged?: boolean } {
  const { from, keep_changed } = first.resume ?? {};
  return {
    now: plan,
    ...(from === undefined ? {} : { rerun: from }),
    ...(keep_changed === undefined ? {} : { keepChanged: keep_changed }),
  };
}
