import type { EventType, LogEvent } from "@noetl/engine";
import type { ExecutionSummary, Store } from "@noetl/store";

export interface EventPage {
  events: LogEvent[];
  total: number;
}

export interface PageQuery {
  page: number;
  page_size: number;
  order: "asc" | "desc";
  /** only what came after this event */
  since_event_id?: string | undefined;
  type?: EventType | undefined;
}

/** Shorter logs are read as a whole and cut exactly. */
const WHOLE = 2_000;

/**
 * A page of the log. Of a long one it reads about as many events as it returns: events are numbered without gaps. Delivery
 * events share the number of the one before, so that such a page may hold a few more than were asked for.
 */
export async function eventPage(store: Store, summary: ExecutionSummary, query: PageQuery): Promise<EventPage> {
  const { page, page_size: size, order } = query;
  const whole = summary.seq <= WHOLE;
  if (!whole && query.type === undefined && query.since_event_id === undefined) return numbered(store, summary, query);
  const all = await store.log.load(summary.execution_id, query.type === undefined ? {} : { types: [query.type] });
  const since = query.since_event_id;
  const events = since === undefined ? all : after(all, since);
  if (order === "desc") events.reverse();
  return { events: events.slice((page - 1) * size, page * size), total: events.length };
}

async function numbered(
  store: Store,
  summary: ExecutionSummary,
  { page, page_size: size, order }: PageQuery,
): Promise<EventPage> {
  const total = summary.seq;
  const last = order === "asc" ? Math.min(total, page * size) : total - (page - 1) * size;
  const first = order === "asc" ? (page - 1) * size + 1 : Math.max(1, last - size + 1);
  if (last < first) return { events: [], total };
  const events: LogEvent[] = [];
  for (let afterSeq = first - 1; ; ) {
    const part = await store.log.load(summary.execution_id, { afterSeq, limit: size + 100 });
    events.push(...part.filter((event) => event.seq <= last));
    const end = part.at(-1);
    if (!end || end.seq > last || end.seq === afterSeq || part.length < size + 100) break;
    // The same number may go on in the next part.
    afterSeq = end.seq - 1;
    while (events.at(-1) && (events.at(-1)?.seq ?? 0) > afterSeq) events.pop();
    if (afterSeq < first) break;
  }
  return { events: order === "asc" ? events : events.reverse(), total };
}

/** Those behind the event of this id; all of them when it is not in this log. */
export function after(events: readonly LogEvent[], eventId: string): LogEvent[] {
  const index = events.findIndex((event) => event.event_id === eventId);
  return events.slice(index + 1);
}
