import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { ensureError } from "@noetl/core";
import type { ServerContext } from "../context.ts";
import { COMMANDS_TOPIC, type Publisher } from "../delivery/publisher.ts";
import { projector } from "./projector.ts";
import { reaper } from "./reaper.ts";
import { retries, runSweep } from "./run-sweep.ts";
import { scheduler } from "./scheduler.ts";
import { runTasks, type Task } from "./tasks.ts";
import { collector, runtimeSweep } from "./upkeep.ts";

/** What a server does beside answering requests; `api` is always there, the others as configured (server-api §6.5). */
export interface Roles {
  start(): Promise<void>;
  stop(): Promise<void>;
}

const HEARTBEAT_MS = 15_000;

export function openRoles(ports: { context: ServerContext; publisher: Publisher; troubled: Set<string> }): Roles {
  const { context, publisher, troubled } = ports;
  const { config, bus, desk, store, clock, log } = context;
  const has = (role: (typeof config.roles)[number]) => config.roles.includes(role);
  const instance = `${hostname()}-${randomUUID().slice(0, 8)}`;
  const stops: (() => Promise<void>)[] = [];

  const system: Task[] = has("system")
    ? [
        reaper(context, publisher),
        runSweep(context, troubled),
        runtimeSweep(context),
        scheduler(context),
        collector(context),
      ]
    : [];
  const tasks = has("projector") ? [...system, projector(context)] : system;

  async function beat(): Promise<void> {
    const known = await store.runtimes.heartbeat("server_api", instance);
    if (known) return;
    await store.runtimes.register({
      name: instance,
      kind: "server_api",
      uri: config.publicUrl ?? null,
      labels: { plane: config.name },
      runtime: { type: "server", roles: [...config.roles] },
    });
  }

  const alive: Task = { name: "heartbeat", everyMs: HEARTBEAT_MS, run: beat };

  return {
    async start() {
      if (config.shared) {
        const heard = await bus.listen(COMMANDS_TOPIC, (payload) => desk.wake(poolsIn(payload)));
        stops.push(() => heard.close());
      }
      if (has("publisher")) {
        await publisher.start();
        stops.push(() => publisher.stop());
      }
      const plane = { store, clock, log, plane: config.name };
      const led = runTasks(tasks, { ...plane, owner: config.shared ? instance : undefined });
      const own = runTasks([alive, retries(context, troubled)], { ...plane, owner: undefined });
      stops.push(led.stop, own.stop, async () => void (await store.runtimes.deregister("server_api", instance)));
    },
    async stop() {
      for (const stop of stops.splice(0)) {
        try {
          await stop();
        } catch (error) {
          log.warn("a role did not stop in order", { error: ensureError(error) });
        }
      }
    },
  };
}

function poolsIn(payload: unknown): string[] {
  const pools = typeof payload === "object" && payload !== null && "pools" in payload ? payload.pools : [];
  return Array.isArray(pools) ? pools.map(String) : [];
}
