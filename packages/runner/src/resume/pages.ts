import type { EventType, LogEvent } from "@noetl/engine";
import type { Host } from "../options.ts";

/** Events that are read at a time: a log may be long, and most of it is forgotten at once. */
const PAGE = 1_000;

/** The events of these types, in order. */
export async function* pagesOf(
  host: Host,
  executionId: string,
  types: readonly EventType[],
): AsyncGenerator<LogEvent[]> {
  for (let afterSeq = 0; ; ) {
    const events = await host.store.log.load(executionId, { afterSeq, types, limit: PAGE });
    yield events;
    if (events.length < PAGE) return;
    afterSeq = events.at(-1)?.seq ?? afterSeq;
  }
}
