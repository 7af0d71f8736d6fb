import type { Bus } from "@noetl/bus";
import { ensureError, isNoetlError, openGate } from "@noetl/core";
import { createResources, type Registry } from "@noetl/tools";
import {
  busSource,
  type ControlPlane,
  commandHost,
  type openOutbox,
  openWorker,
  pollSource,
  silent,
  unobserved,
} from "@noetl/worker";
import { connectionTo } from "./bus.ts";
import type { Chance } from "./chance.ts";
import type { Life, Weather } from "./faults.ts";
import { faultyLink, simulatedPlane } from "./plane.ts";
import type { Servers } from "./server.ts";
import type { VirtualTime } from "./time.ts";

type Outbox = Awaited<ReturnType<typeof openOutbox>>;
type Outgoing = Parameters<Outbox["send"]>[0];

export interface Workers {
  crash(): void;
  pause(ms: number): void;
  /** one of them is told to stop; another one takes its place */
  drain(): void;
}

export interface WorkersOptions {
  count: number;
  servers: Servers;
  bus: Bus;
  mode: "poll" | "bus";
  tools: Registry;
  weather: Weather;
  chance: Chance;
  time: VirtualTime;
  note(what: string): void;
}

const HEARTBEAT_MS = 10_000;

interface Process {
  id: string;
  life: Life;
  drain(): void;
  /** of its connections, by its death */
  cut(): void;
}

/** Workers with the real core, over links through the weather. */
export function simulatedWorkers(options: WorkersOptions): Workers {
  const { count, time, chance, note } = options;
  const up = new Map<string, Process>();
  /** what a worker of this name left on its disk */
  const disks = new Map<string, Outgoing[]>();
  let started = 0;

  function start(id: string): void {
    started += 1;
    const own = chance.stream(`worker${started}`);
    const life: Life = { alive: true, pausedUntil: 0 };
    const { clock } = time;
    const connection = connectionTo(options.bus);
    const plane = simulatedPlane(faultyLink({ ...options, life, chance: own }), clock.now);
    const capacity = own.between(1, 3);
    const pools = ["shared"];
    const random = { next: () => own.next() };
    const disk = disks.get(id) ?? [];
    disks.set(id, disk);
    const worker = openWorker({
      identity: { id, pool: "shared", capacity, hostname: "simulated", pid: started, labels: {} },
      pools,
      heartbeatMs: HEARTBEAT_MS,
      registerPatienceMs: Number.POSITIVE_INFINITY,
      ports: {
        server: plane,
        source:
          options.mode === "poll"
            ? pollSource(plane, { worker: id, pools })
            : busSource({
                open: async () => connection,
                server: plane,
                worker: id,
                pools,
                capacity,
                clock,
                log: silent,
              }),
        outbox: simulatedOutbox(plane, disk, time, own),
        host: commandHost({
          registry: options.tools,
          resources: createResources(),
          clock,
          random,
          env: {},
          worker: id,
          workingDirectory: "/",
          dataDirectory: "/",
          observer: unobserved,
          log: silent,
          onProgress() {},
        }),
        databases: openGate(1),
        clock,
        random,
        worker: id,
        heartbeatMs: HEARTBEAT_MS,
        commandTimeoutMs: undefined,
        observer: unobserved,
        log: {
          ...silent,
          warn: (message, fields) => note(`${id}: ${message} ${causeOf(fields)}`),
          error: (message, fields) => note(`${id}: ${message} ${causeOf(fields)}`),
        },
      },
    });
    up.set(id, { id, life, drain: () => worker.drain(own.between(0, 20_000)), cut: connection.cut });
    note(`${id} starts`);
    void worker.run().then(
      () => {
        if (!life.alive) return;
        note(`${id} has stopped`);
        replace(id, life);
      },
      (error: unknown) => note(`${id} gave up: ${error}`),
    );
  }

  function replace(id: string, life: Life): void {
    life.alive = false;
    up.delete(id);
    // A worker comes back under its name, or another one does.
    time.after(chance.between(500, 60_000), () => start(chance.hit(0.5) ? id : `${id}+`));
  }

  const any = () => (up.size === 0 ? undefined : chance.pick([...up.values()]));
  for (let index = 0; index < count; index++) start(`worker${index}`);
  return {
    crash() {
      const one = any();
      if (!one) return;
      note(`${one.id} dies`);
      one.cut();
      replace(one.id, one.life);
    },
    pause(ms) {
      const one = any();
      if (!one) return;
      note(`${one.id} stands still for ${ms} ms`);
      one.life.pausedUntil = time.clock.now() + ms;
    },
    drain() {
      const one = any();
      if (!one) return;
      note(`${one.id} is told to stop`);
      one.drain();
    },
  };
}

/** As the worker's own outbox, with a list in the place of a folder: its file calls have no virtual time. */
function simulatedOutbox(plane: ControlPlane, disk: Outgoing[], time: VirtualTime, chance: Chance): Outbox {
  const patienceMs = chance.pick([0, 5_000, 60_000]);
  let hurried = false;

  async function attempt(report: Outgoing): Promise<Awaited<ReturnType<Outbox["send"]>> | undefined> {
    try {
      return { outcome: "accepted", next: await plane.report(report) };
    } catch (thrown) {
      const error = ensureError(thrown);
      if (!isNoetlError(error) || ["unavailable", "timeout", "retryable"].includes(error.meaning)) return undefined;
      return error.meaning === "conflict" ? { outcome: "fenced" } : { outcome: "refused", error };
    }
  }

  return {
    async send(report) {
      const until = time.clock.now() + patienceMs;
      for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
        const sent = await attempt(report);
        if (sent) return sent;
        if (hurried || time.clock.now() + wait > until) {
          const { next: _, ...kept } = report;
          disk.push(structuredClone(kept));
          return { outcome: "spooled" };
        }
        await time.clock.sleep(wait);
      }
    },
    async flush() {
      for (;;) {
        const report = disk[0];
        if (!report) return 0;
        if (!(await attempt(report))) return disk.length;
        if (disk[0] === report) disk.shift();
      }
    },
    hurry() {
      hurried = true;
    },
    get spooled() {
      return disk.length;
    },
  };
}

function causeOf(fields: { [name: string]: unknown } | undefined): string {
  return fields?.error instanceof Error ? fields.error.message : "";
}
