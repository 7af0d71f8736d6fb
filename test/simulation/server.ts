import type { Bus } from "@noetl/bus";
import { snowflakes } from "@noetl/core";
import { type Core, defaults, openCore, type ServerConfig, silent } from "@noetl/server";
import type { Store } from "@noetl/store";
import type { Registry } from "@noetl/tools";
import type { Chance } from "./chance.ts";
import { faultyStore, type Life, type Weather } from "./faults.ts";
import type { VirtualTime } from "./time.ts";

/** One process of a server, from its start to its death; what it had begun then belongs to nobody. */
export interface Incarnation {
  name: string;
  life: Life;
  core: Core;
}

export interface Servers {
  /** one that is up, or none */
  any(): Incarnation | undefined;
  /** one of them dies, and is started again a little later */
  crash(): void;
  pause(ms: number): void;
}

export interface ServersOptions {
  count: number;
  bus: Bus;
  mode: ServerConfig["bus"];
  store: Store;
  tools: Registry;
  weather: Weather;
  chance: Chance;
  time: VirtualTime;
  note(what: string): void;
}

/** Servers over one store: the real core, its store calls through the weather. */
export function simulatedServers(options: ServersOptions): Servers {
  const { count, chance, time, weather, note } = options;
  // The outbox is asked less often: most of the questions of a world would be its.
  const outbox = { ...defaults.outbox, idleMs: 4_000 };
  const config: ServerConfig = { ...defaults, outbox, shared: count > 1, bus: options.mode };
  const up = new Map<string, Incarnation>();
  let started = 0;

  function start(name: string): void {
    started += 1;
    const life: Life = { alive: true, pausedUntil: 0 };
    const core = openCore({
      store: faultyStore(options.store, life, {
        weather,
        chance: chance.stream(`store${started}`),
        clock: time.clock,
        embedded: !config.shared,
      }),
      bus: options.bus,
      config,
      clock: time.clock,
      ids: snowflakes({ clock: time.clock, machine: started }),
      tools: options.tools,
      log: { ...silent, warn: (message, fields) => note(`${name}: ${message} ${causeOf(fields)}`) },
      version: "simulated",
    });
    const incarnation = { name, life, core };
    up.set(name, incarnation);
    note(`${name} starts`);
    core.roles.start().catch((error: unknown) => {
      note(`${name} cannot start: ${error}`);
      if (life.alive) die(incarnation);
    });
  }

  function die({ name, life, core }: Incarnation): void {
    note(`${name} dies`);
    life.alive = false;
    up.delete(name);
    core.stopTaking();
    time.after(chance.between(500, 15_000), () => start(name));
  }

  const any = () => (up.size === 0 ? undefined : chance.pick([...up.values()]));
  for (let index = 0; index < count; index++) start(`server${index}`);
  return {
    any,
    crash() {
      const one = any();
      if (one) die(one);
    },
    pause(ms) {
      const one = any();
      if (!one) return;
      note(`${one.name} stands still for ${ms} ms`);
      one.life.pausedUntil = time.clock.now() + ms;
    },
  };
}

function causeOf(fields: { [name: string]: unknown } | undefined): string {
  return fields?.error instanceof Error ? fields.error.message : "";
}
