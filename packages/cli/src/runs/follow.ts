import type { LogEvent } from "@noetl/engine";
import { type Host, isDriven, type ListedRun } from "@noetl/runner";

const POLL_MS = 200;
const PAGE = 1_000;
const TERMINAL: ReadonlySet<string> = new Set(["playbook.completed", "playbook.failed", "execution.cancelled"]);

/** Events of a run after `afterSeq` as they are written, until its end, until nobody drives it any more, or until aborted. */
export async function* followEvents(
  host: Host,
  run: Pick<ListedRun, "execution_id" | "root_execution_id">,
  options: { afterSeq: number; signal: AbortSignal },
): AsyncGenerator<LogEvent> {
  let { afterSeq } = options;
  while (!options.signal.aborted) {
    const driven = await isDriven(host, run.root_execution_id);
    const events = await host.store.log.load(run.execution_id, { afterSeq, limit: PAGE });
    for (const event of events) {
      afterSeq = event.seq;
      yield event;
      if (TERMINAL.has(event.type)) return;
    }
    // Asked before the load: what a process wrote as its last word has been read.
    if (events.length === 0 && !driven) return;
    if (events.length < PAGE) await host.clock.sleep(POLL_MS, options.signal).catch(() => {});
  }
}
