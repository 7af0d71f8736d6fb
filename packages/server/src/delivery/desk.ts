import type { Hint } from "@noetl/bus";
import type { Clock } from "@noetl/core";
import type { Given, Seat } from "../runs/index.ts";
import { openPlaces } from "./places.ts";

/** A hint, or a command that is claimed already for who polls. */
export interface Offer extends Hint {
  given?: Given;
}

/**
 * Where polling workers wait for commands (decision 26). What is issued in this process is handed over from memory; the
 * store is asked when a pool is polled for the first time, when others say they issued something, and now and then for
 * leases that lapsed. One question serves all who wait for the same pools, so hundreds of pollers cost little.
 */
export interface Desk {
  /** Commands that have just become claimable. */
  offer(hints: readonly Hint[]): void;
  /** Somebody else issued something for these pools. */
  wake(pools: readonly string[]): void;
  /** At least one hint, or empty at the end of the wait, on abort and on close. */
  poll(input: PollInput): Promise<Offer[]>;
  /** Room at a worker that takes commands without claiming them. */
  seat(pool: string): Seat | undefined;
  /** A worker that polls, or is about to, can take so many more than it asked for. */
  vacated(worker: string, count: number): void;
  /** It was claimed or ended: no reason to offer it any more. */
  forget(eventId: string): void;
  readonly waiting: number;
  readonly queued: number;
  close(): void;
}

export interface PollInput {
  pools: readonly string[];
  max: number;
  waitMs: number;
  /** its name: it may be given commands that are claimed for it */
  worker?: string;
  signal?: AbortSignal;
}

export interface DeskPorts {
  /** Reserved for a moment, oldest first. */
  ready(pools: readonly string[], limit: number): Promise<Hint[]>;
  clock: Clock;
  /** a hint that was handed out is not handed out again for so long */
  reserveMs: number;
  recheckMs: number;
  /** Nothing was told of a command that is claimed for a worker. */
  unseen(given: Given): void;
  /** A command that was claimed for a worker, as a hint. */
  hintOf(given: Given): Hint;
  trouble(error: unknown): void;
}

interface Waiter {
  group: Group;
  max: number;
  worker: string | undefined;
  found: Offer[];
  settle(): void;
}

/** All who wait for the same set of pools. */
interface Group {
  pools: readonly string[];
  waiters: Set<Waiter>;
  asking: boolean;
  /** ask again: something may be there that we were not told of */
  stale: boolean;
}

/** A worker that was answered polls again at once, ms. */
const BETWEEN_POLLS_MS = 250;
/** Hints kept for workers that are not there yet; what does not fit is found in the store. */
const KEPT = 10_000;

export function openDesk(ports: DeskPorts): Desk {
  const groups = new Map<string, Group>();
  const queue = new Map<string, Hint>();
  const given = new Map<string, number>();
  const byWorker = new Map<string, Waiter>();
  const places = openPlaces({
    unseen: ports.unseen,
    patienceMs: BETWEEN_POLLS_MS,
    promised(worker) {
      const waiter = byWorker.get(worker);
      if (waiter) waiter.max -= 1;
    },
    freed(worker) {
      const waiter = byWorker.get(worker);
      if (!waiter) return;
      waiter.max += 1;
      fill(waiter);
      if (waiter.found.length === 0) void ask(waiter.group);
    },
    hand(worker, item) {
      const waiter = byWorker.get(worker);
      if (!waiter) return false;
      waiter.max += 1;
      add(waiter, { ...ports.hintOf(item), given: item });
      return true;
    },
  });
  let waiting = 0;
  let closed = false;

  const recheck = setInterval(() => {
    forgetOld();
    for (const group of groups.values()) {
      group.stale = true;
      void ask(group);
    }
  }, ports.recheckMs);
  recheck.unref();

  function forgetOld(): void {
    const now = ports.clock.now();
    for (const [eventId, until] of given) {
      if (until > now) break;
      given.delete(eventId);
    }
  }

  function groupOf(pools: readonly string[]): Group {
    const key = [...new Set(pools)].sort().join(" ");
    const group = groups.get(key) ?? { pools: key.split(" "), waiters: new Set(), asking: false, stale: true };
    groups.set(key, group);
    return group;
  }

  function add(waiter: Waiter, offer: Offer): void {
    if (waiter.found.length === 0) queueMicrotask(waiter.settle);
    waiter.found.push(offer);
  }

  function hand(waiter: Waiter, hint: Hint): void {
    given.delete(hint.event_id);
    given.set(hint.event_id, ports.clock.now() + ports.reserveMs);
    if (waiter.worker !== undefined) places.took(waiter.worker, 1);
    add(waiter, hint);
  }

  /** Others get what a worker was not told of. */
  function pass(offer: Offer): void {
    if (offer.given) ports.unseen(offer.given);
    else place(offer);
  }

  /** The first in line that has room and serves the pool. */
  function takerOf(pool: string): Waiter | undefined {
    for (const group of groups.values()) {
      if (!group.pools.includes(pool)) continue;
      for (const waiter of group.waiters) if (waiter.found.length < waiter.max) return waiter;
    }
    return undefined;
  }

  function place(hint: Hint): void {
    const taker = takerOf(hint.pool);
    if (taker) {
      hand(taker, hint);
      return;
    }
    queue.set(hint.event_id, hint);
    if (queue.size <= KEPT) return;
    for (const [oldest, dropped] of queue) {
      queue.delete(oldest);
      markStale(dropped.pool);
      return;
    }
  }

  function markStale(pool: string): void {
    for (const group of groups.values()) if (group.pools.includes(pool)) group.stale = true;
  }

  function fill(waiter: Waiter): void {
    for (const [eventId, hint] of queue) {
      if (waiter.found.length >= waiter.max) return;
      if (!waiter.group.pools.includes(hint.pool)) continue;
      queue.delete(eventId);
      hand(waiter, hint);
    }
  }

  async function ask(group: Group): Promise<void> {
    if (group.asking || closed) return;
    group.asking = true;
    try {
      while (group.stale && !closed) {
        const open = [...group.waiters].filter((waiter) => waiter.found.length === 0);
        const limit = Math.min(
          1_000,
          open.reduce((sum, waiter) => sum + waiter.max, 0),
        );
        if (limit === 0) return;
        group.stale = false;
        const found = await ports.ready(group.pools, limit);
        const now = ports.clock.now();
        const fresh = found.filter((hint) => (given.get(hint.event_id) ?? 0) <= now && !queue.has(hint.event_id));
        // A full answer means there may be more; one that brings nothing new would only be repeated.
        if (found.length === limit && fresh.length > 0) group.stale = true;
        for (const hint of fresh) place(hint);
      }
    } catch (error) {
      group.stale = true;
      ports.trouble(error);
    } finally {
      group.asking = false;
    }
  }

  return {
    offer(hints) {
      for (const hint of hints) place(hint);
    },
    wake(pools) {
      for (const pool of pools) markStale(pool);
      for (const group of groups.values()) if (group.stale) void ask(group);
    },
    vacated: places.vacated,
    seat: (pool) => (closed ? undefined : places.seat(pool)),
    poll({ pools, max, waitMs, worker, signal }) {
      return new Promise((resolve) => {
        const group = groupOf(pools);
        const waiter: Waiter = { group, max, worker, found: [], settle };
        const timer = setTimeout(settle, waitMs);
        let settled = false;
        function settle() {
          if (settled) return;
          settled = true;
          waiting -= 1;
          clearTimeout(timer);
          signal?.removeEventListener("abort", leave);
          group.waiters.delete(waiter);
          if (worker !== undefined && byWorker.get(worker) === waiter) {
            byWorker.delete(worker);
            places.leave(worker);
          }
          resolve(waiter.found);
        }
        // Gone before it could be told: others get what was meant for it.
        function leave() {
          const unseen = waiter.found.splice(0);
          settle();
          for (const offer of unseen) pass(offer);
        }
        waiting += 1;
        group.waiters.add(waiter);
        if (closed || signal?.aborted) return leave();
        signal?.addEventListener("abort", leave, { once: true });
        if (worker !== undefined) {
          byWorker.set(worker, waiter);
          const { letters, room } = places.arrive(worker, max, group.pools);
          for (const item of letters) add(waiter, { ...ports.hintOf(item), given: item });
          // What is promised to it comes without being asked for.
          waiter.max = letters.length + room;
        }
        fill(waiter);
        if (waiter.found.length === 0) void ask(group);
      });
    },
    forget(eventId) {
      queue.delete(eventId);
    },
    get waiting() {
      return waiting;
    },
    get queued() {
      return queue.size;
    },
    close() {
      closed = true;
      clearInterval(recheck);
      for (const group of groups.values()) for (const waiter of [...group.waiters]) waiter.settle();
      groups.clear();
      places.close();
    },
  };
}
