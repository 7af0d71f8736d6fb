import type { Ids } from "@noetl/core";
import type { Store } from "@noetl/store";

/** Events a batch may hold: the room between its first id and the next one somebody else may get. */
const TRIES = 1_000;

/**
 * Ids for a batch with an `Idempotency-Key`: the same key gets the same ids again, on any server, so that a repeated batch
 * is a repeat of its events (server-api §3.7). Ids of a batch follow each other, only the first is remembered.
 */
export async function batchIds(
  store: Store,
  ids: Ids,
  batch: { execution_id: string; key: string; events: readonly unknown[]; window_ms: number },
): Promise<{ ids: string[]; again: boolean }> {
  const first = consecutive(ids, batch.events.length);
  const owner = await store.dedup.claim({
    scope: `batch:${batch.execution_id}`,
    key: batch.key,
    execution_id: first,
    window_ms: batch.window_ms,
  });
  return { ids: batch.events.map((_, index) => String(BigInt(owner) + BigInt(index))), again: owner !== first };
}

/** First of so many ids that nobody else has: the generator counts within a millisecond, so it soon gives a row of them. */
function consecutive(ids: Ids, count: number): string {
  for (let tries = 0; tries < TRIES; tries++) {
    const first = BigInt(ids.next());
    let last = first;
    for (let index = 1; index < count; index++) last = BigInt(ids.next());
    if (last === first + BigInt(count - 1)) return String(first);
  }
  throw new RangeError("the id generator gives no consecutive ids");
}
