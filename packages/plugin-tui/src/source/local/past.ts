import { NoetlError } from "@noetl/core";
import { type LogEvent, openRun, type Run } from "@noetl/engine";
import type { Plan } from "@noetl/playbook";
import { type Host, type ListedRun, loadText } from "@noetl/runner";

/** The log of one run, and the engine's state at any point of it. */
export interface Past {
  readonly plan: Plan;
  readonly text: string;
  readonly events: readonly LogEvent[];
  /** Reads what was written since. */
  more(): Promise<LogEvent[]>;
  /** The run behind the event with this number; absent: behind the last one read. */
  at(seq?: number): Run;
}

/** Meaning `not_found` when the text of its playbook is missing. */
export async function openPast(
  host: Host,
  run: Pick<ListedRun, "execution_id" | "definition" | "source" | "path">,
): Promise<Past> {
  const text = await host.store.executions.definition(run.definition);
  if (text === undefined) {
    throw new NoetlError("not_found", "E_DEFINITION", `the playbook text of run ${run.execution_id} is missing`);
  }
  const shown = run.source ?? run.path;
  const { plan } = loadText(text, { file: run.source, shown, registry: host.registry });
  const events: LogEvent[] = [];
  const known = new Set<string>();
  let folded = { run: openRun(plan), count: 0 };

  return {
    plan,
    text,
    events,
    async more() {
      // Delivery events carry the number of the one before: those of the last number may have become more.
      const afterSeq = Math.max(0, (events.at(-1)?.seq ?? 0) - 1);
      const loaded = await host.store.log.load(run.execution_id, { afterSeq });
      const fresh = loaded.filter(({ event_id }) => !known.has(event_id));
      for (const event of fresh) known.add(event.event_id);
      events.push(...fresh);
      return fresh;
    },
    at(seq = Number.POSITIVE_INFINITY) {
      if (folded.run.seq > seq) folded = { run: openRun(plan), count: 0 };
      for (let next = events[folded.count]; next && next.seq <= seq; next = events[folded.count]) {
        folded.run.fold(next);
        folded.count++;
      }
      return folded.run;
    },
  };
}
