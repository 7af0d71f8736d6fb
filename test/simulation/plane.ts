import { ensureError, isNoetlError, type Json, NoetlError } from "@noetl/core";
import type { EventBody } from "@noetl/engine";
import { type Core, type Given, givenHint } from "@noetl/server";
import { type ControlPlane, refusal } from "@noetl/worker";
import type { Chance } from "./chance.ts";
import { type Life, live, unreachable, type Weather } from "./faults.ts";
import type { Incarnation, Servers } from "./server.ts";
import type { VirtualTime } from "./time.ts";

/** How long a caller waits for an answer, ms. */
const PATIENCE = 15_000;

/** The way of one process to the servers: requests are lost, late, repeated, and so are answers. */
export interface Link {
  ask<T>(what: string, request: (core: Core) => Promise<T>, patienceMs?: number): Promise<T>;
}

export function faultyLink(ports: {
  servers: Servers;
  life: Life;
  weather: Weather;
  chance: Chance;
  time: VirtualTime;
}): Link {
  const { servers, life, weather, chance, time } = ports;
  const { clock } = time;

  /** A server that dies answers nobody. */
  function at<T>(server: Incarnation, request: (core: Core) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const tell = (say: () => void) => () => {
        if (server.life.alive) say();
      };
      request(server.core).then(
        (value) => tell(() => resolve(value))(),
        (error: unknown) => tell(() => reject(error))(),
      );
    });
  }

  return {
    async ask(what, request, patienceMs = PATIENCE) {
      await live(life, clock);
      const bad = clock.now() < weather.until;
      await clock.sleep(chance.between(0, bad ? 30 : 2));
      const server = servers.any();
      if (!server) throw unreachable(`${what}: no server is up`);
      if (bad && chance.hit(weather.requestLost)) {
        await clock.sleep(patienceMs);
        throw unreachable(`${what}: the request was lost`);
      }
      if (bad && chance.hit(weather.requestTwice)) {
        // Nobody reads the second answer.
        time.after(chance.between(1, 60_000), () => {
          const other = servers.any();
          if (other) void at(other, request).catch(() => undefined);
        });
      }
      const late = clock.sleep(patienceMs).then(() => {
        throw unreachable(`${what}: no answer in time`);
      });
      // When the answer comes in time nobody looks at it.
      late.catch(() => undefined);
      const answer = await Promise.race([at(server, request), late]);
      if (bad && chance.hit(weather.answerLost)) {
        await clock.sleep(patienceMs);
        throw unreachable(`${what}: the answer was lost`);
      }
      await clock.sleep(chance.between(0, bad ? 30 : 2));
      await live(life, clock);
      return answer;
    },
  };
}

/** The control plane as a worker of this world sees it: what the HTTP routes do, without HTTP. */
export function simulatedPlane(link: Link, now: () => number): ControlPlane {
  const nothing = async () => {
    throw new NoetlError("not_found", "CREDENTIAL_NOT_FOUND", "there are no credentials here");
  };
  const plane: ControlPlane = {
    at: () => plane,
    register: ({ id, capacity }) =>
      link.ask("register", async ({ context }) => {
        await context.store.runtimes.register({ name: id, kind: "worker_pool", status: "ready", capacity });
      }),
    heartbeat: ({ id }) =>
      link.ask("heartbeat", async ({ context }) => ({
        known: (await context.store.runtimes.heartbeat("worker_pool", id)) !== undefined,
      })),
    deregister: ({ id }) =>
      link.ask("deregister", async ({ context }) => {
        await context.store.runtimes.deregister("worker_pool", id);
      }),
    poll: ({ worker, pools, max, wait_ms, claim = false }, signal) =>
      link.ask(
        "poll",
        async ({ context }) => {
          const asking = { pools, max, waitMs: wait_ms, signal, ...(claim ? { worker } : {}) };
          return (await context.desk.poll(asking)).map(({ trace: _, given, ...hint }) =>
            given ? { ...hint, claimed: claimedOf(given) } : hint,
          );
        },
        wait_ms + PATIENCE,
      ),
    async claim(hint, worker) {
      try {
        return await link.ask("claim", async ({ context }) => {
          const { row, command } = await context.claims.claim(hint.event_id, worker);
          return { outcome: "claimed" as const, command: structuredClone(command), fence: row.fence };
        });
      } catch (error) {
        const refused = refusal(error, now());
        if (refused) return refused;
        throw error;
      }
    },
    extend: (hint, worker_id, fence) =>
      link.ask("extend", ({ context }) => context.claims.heartbeat({ event_id: hint.event_id, worker_id, fence })),
    release: (hint, worker_id, fence) =>
      link.ask("release", async ({ context }) => {
        await context.claims.release({ event_id: hint.event_id, worker_id, fence });
      }),
    report: ({ hint, worker, fence, events, next }) =>
      link.ask("report", async ({ context }) => {
        const taken = await context.ingest.take({
          execution_id: hint.execution_id,
          worker_id: worker,
          command_event_id: hint.event_id,
          fence,
          events: events.map((body) => incoming(hint.step, structuredClone(body))),
          ...(next ? { next } : {}),
        });
        return taken.next.map((given) => ({ ...givenHint(given, undefined), claimed: claimedOf(given) }));
      }),
    credential: nothing,
    putResult: (input) => link.ask("put a result", ({ context }) => context.store.results.put(input)),
    getResult: (ref) => link.ask("get a result", ({ context }) => context.store.results.get(ref)),
    keychainGet: async () => undefined,
    keychainPut: async () => {},
  };
  return plane;
}

function claimedOf({ command, fence }: Given) {
  return { outcome: "claimed" as const, command: structuredClone(command), fence };
}

function incoming(step: string, body: EventBody) {
  const event = body as unknown as Json;
  return { type: body.type, step, payload: { event }, meta: {}, worker_id: undefined, event_id: undefined, body };
}

/** Asks again until it is answered. */
export async function insist<T>(
  time: VirtualTime,
  chance: Chance,
  attempt: () => Promise<T>,
  note: (what: string) => void,
): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (thrown) {
      const error = ensureError(thrown);
      if (isNoetlError(error) && (error.meaning === "validation" || error.meaning === "not_found")) throw error;
      note(`client: ${error.message}`);
      await time.clock.sleep(chance.between(200, 3_000));
    }
  }
}
