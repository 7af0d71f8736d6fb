import { type Clock, NoetlError } from "@noetl/core";
import type { Store } from "@noetl/store";
import type { Chance } from "./chance.ts";
import type { VirtualTime } from "./time.ts";

/** How bad a world is; probabilities of one call each. After `until` (ms since 1970) nothing goes wrong any more. */
export interface Weather {
  until: number;
  /** a store call fails before it did anything */
  storeFails: number;
  /** it did everything, and its answer is lost */
  storeLost: number;
  storeSlow: number;
  /** a request of a worker or a client never arrives */
  requestLost: number;
  /** it arrives, its answer does not */
  answerLost: number;
  requestTwice: number;
  hintLost: number;
  hintLate: number;
  hintTwice: number;
  /** mean time between two crashes or pauses of a process, ms; infinite = none */
  crashEvery: number;
}

export function weatherOf(chance: Chance, start: number): Weather {
  const some = (most: number) => (chance.hit(0.35) ? 0 : chance.next() * most);
  return {
    until: start + chance.between(20, 160) * 1_000,
    storeFails: some(0.05),
    storeLost: some(0.05),
    storeSlow: some(0.05),
    requestLost: some(0.15),
    answerLost: some(0.15),
    requestTwice: some(0.15),
    hintLost: chance.hit(0.2) ? 1 : some(0.5),
    hintLate: some(0.4),
    hintTwice: some(0.3),
    crashEvery: chance.hit(0.4) ? Number.POSITIVE_INFINITY : chance.between(5, 60) * 1_000,
  };
}

/** Nothing goes wrong. */
export const fair: Weather = {
  until: 0,
  storeFails: 0,
  storeLost: 0,
  storeSlow: 0,
  requestLost: 0,
  answerLost: 0,
  requestTwice: 0,
  hintLost: 0,
  hintLate: 0,
  hintTwice: 0,
  crashEvery: Number.POSITIVE_INFINITY,
};

/** A process: what it began goes on to nowhere once it is dead. */
export interface Life {
  alive: boolean;
  /** everything it does waits until then, ms since 1970 */
  pausedUntil: number;
}

export const never = <T>(): Promise<T> => new Promise<T>(() => {});

export function unreachable(what: string): NoetlError {
  return new NoetlError("unavailable", "SIMULATED", what);
}

/** Waits out a pause; a dead process waits for ever. */
export async function live(life: Life, clock: Clock): Promise<void> {
  while (life.alive && life.pausedUntil > clock.now()) await clock.sleep(life.pausedUntil - clock.now());
  if (!life.alive) await never();
}

/** Counts what goes on in the store, so that time stands still meanwhile. */
export function observedStore(store: Store, time: VirtualTime): Store {
  return everyCall(store, async (_name, call) => {
    const end = time.begin();
    try {
      return await call();
    } finally {
      end();
    }
  });
}

/**
 * The store as a process of this world sees it. `embedded`: it has one queue, as SQLite in the process has, so a slow call
 * holds up those behind it, and while the disk is full it is so for all of them.
 */
export function faultyStore(
  store: Store,
  life: Life,
  world: { weather: Weather; chance: Chance; clock: Clock; embedded: boolean },
): Store {
  const { weather, chance, clock, embedded } = world;
  let line: Promise<void> = Promise.resolve();
  let awayUntil = 0;

  async function slow(): Promise<void> {
    await live(life, clock);
    if (clock.now() >= weather.until) return;
    // Several servers at one database come between each other.
    if (chance.hit(weather.storeSlow)) await clock.sleep(chance.between(10, chance.hit(0.1) ? 40_000 : 500));
    else if (!embedded && chance.hit(0.3)) await clock.sleep(chance.between(1, 20));
    await live(life, clock);
  }

  return everyCall(store, async (name, call) => {
    if (embedded) {
      line = line.then(slow);
      await line;
    } else await slow();
    const bad = clock.now() < weather.until;
    if (clock.now() < awayUntil || (bad && chance.hit(weather.storeFails))) {
      if (embedded) awayUntil = Math.max(awayUntil, clock.now() + chance.between(1, 50));
      throw unreachable(`${name} was not done`);
    }
    const done = await call();
    await live(life, clock);
    if (bad && chance.hit(weather.storeLost)) throw unreachable(`${name} was done, its answer is lost`);
    return done;
  });
}

/** There are none, and asking every second would be most of what a world does. */
export function withoutSchedules(store: Store): Store {
  return {
    ...store,
    schedules: { ...store.schedules, due: async () => [] },
    leases: {
      acquire: async (name, owner, ttl) => !name.endsWith(":scheduler") && store.leases.acquire(name, owner, ttl),
      release: (name, owner) => store.leases.release(name, owner),
    },
  };
}

type Around = (name: string, call: () => Promise<unknown>, given: readonly unknown[]) => Promise<unknown>;

/** The same port with something around every call of every part. */
export function everyCall<Port extends object>(port: Port, around: Around): Port {
  const wrapped = (part: object, prefix: string): object =>
    new Proxy(part, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value === "object" && value !== null) return wrapped(value, `${String(key)}.`);
        if (typeof value !== "function") return value;
        return (...given: unknown[]) =>
          around(`${prefix}${String(key)}`, async () => Reflect.apply(value, target, given) as unknown, given);
      },
    });
  return wrapped(port, "") as Port;
}
