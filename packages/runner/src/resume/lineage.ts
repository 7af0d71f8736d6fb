import type { EventType, LogEvent, PlaybookInitialized } from "@noetl/engine";
import type { Plan } from "@noetl/playbook";
import { type Loaded, loadText } from "../load.ts";
import type { Host } from "../options.ts";
import { type Memo, memoOf } from "./memo.ts";
import { FOLDED } from "./prefix.ts";
import { adopt, type Issued, inherit, openRecorder, type Recorded, type Stray, TOLD } from "./record.ts";

/** Events that are read at a time: a log may be long, and most of it is forgotten at once. */
const PAGE = 1_000;
/** A longer log is not held: reading all of it takes as long as deciding anew what the rest of it says. */
const HELD = 20_000;

/** A run that wrote at least its first event. */
export interface PastRun {
  executionId: string;
  first: PlaybookInitialized;
  plan: Plan;
  recorded: Recorded;
  issued: readonly Issued[];
  /** the log of the newest, if it is not too long to be held */
  events?: readonly LogEvent[];
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
    const [first] = await host.store.log.load(summary.execution_id, { limit: 1 });
    if (first?.type !== "playbook.initialized") continue;
    const text = await host.store.executions.definition(summary.definition);
    if (text === undefined || !same(first)) break;
    const plan =
      plans.get(summary.definition) ??
      loadText(text, { file: loaded.file, shown: loaded.file ?? first.path, registry: host.registry }).plan;
    plans.set(summary.definition, plan);
    runs.unshift({
      executionId: summary.execution_id,
      first,
      plan,
      ...(await done(host, summary, runs.length > 0)),
    });
  }
  return runs;
}

/** What a run has done; and, of the newest, all that it wrote, of one that another went on from, which commands it issued. */
async function done(
  host: Host,
  { execution_id: executionId, seq }: { execution_id: string; seq: number },
  continued: boolean,
): Promise<Pick<PastRun, "recorded" | "issued" | "events">> {
  const recorder = openRecorder();
  const events: LogEvent[] | undefined = continued || seq > HELD ? undefined : [];
  for await (const page of pagesOf(host, executionId, typesOf(continued, events !== undefined))) {
    for (const event of page) recorder.add(event);
    events?.push(...page);
  }
  const { recorded, issued } = recorder;
  const known = new Set([...recorded.children.values()].map(({ execution_id }) => execution_id));
  adopt(recorded, await strayChildren(host, executionId, known));
  return { recorded, issued, ...(events ? { events } : {}) };
}

function typesOf(continued: boolean, held: boolean): readonly EventType[] {
  if (continued) return [...TOLD, "command.issued"];
  return held ? FOLDED : TOLD;
}

/** The events of these types, in order. */
async function* pagesOf(host: Host, executionId: string, types: readonly EventType[]): AsyncGenerator<LogEvent[]> {
  for (let afterSeq = 0; ; ) {
    const events = await host.store.log.load(executionId, { afterSeq, types, limit: PAGE });
    yield events;
    if (events.length < PAGE) return;
    afterSeq = events.at(-1)?.seq ?? afterSeq;
  }
}

/** Parent and child write logs of their own: when they died the child's may have been ahead. */
async function strayChildren(host: Host, executionId: string, known: ReadonlySet<string>): Promise<Stray[]> {
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
    const { recorded: own } = run;
    const next = runs[index + 1];
    memo = memoOf({
      from: run.executionId,
      recorded: memo ? inherit(own, memo.remaining(run.issued)) : own,
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
