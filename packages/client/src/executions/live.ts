import { parseJson } from "@noetl/core";
import { segments } from "../endpoint.ts";
import { lacksRoute } from "../lacks-route.ts";
import type { Stream } from "../stream/stream.ts";
import { followEvents } from "./follow.ts";
import { eventShape } from "./shapes.ts";
import type { ExecutionEvent, Executions } from "./types.ts";

/**
 * Events from the beginning or after `since`, as they happen, in order; ends behind the terminal one. Servers without a
 * stream are asked again and again. Meanings: `not_found`, `unavailable` when the connection breaks: go on from the last
 * event seen.
 */
export async function* liveEvents(
  { executions, stream }: { executions: Executions; stream: Stream },
  executionId: string,
  { since, signal }: { since?: string | undefined; signal: AbortSignal },
): AsyncGenerator<ExecutionEvent[]> {
  const path = `executions/${segments(executionId)}/events/stream`;
  try {
    const query = since === undefined ? {} : { since_event_id: since };
    for await (const messages of stream(path, { query, signal })) {
      if (messages.length > 0) yield messages.map(({ data }) => eventShape(parseJson(data)));
    }
    return;
  } catch (error) {
    if (!lacksRoute(error)) throw error;
  }
  // No such route, or no such execution: following it tells.
  const more = since === undefined ? {} : { since };
  for await (const event of followEvents(executions, executionId, { signal, ...more })) yield [event];
}
