import { type Clock, ensureError } from "@noetl/core";
import type { Store } from "@noetl/store";
import type { Log } from "../log.ts";

/** Something done now and then, by one server at a time. */
export interface Task {
  name: string;
  everyMs: number;
  run(signal: AbortSignal): Promise<void>;
}

export interface TaskPorts {
  store: Store;
  clock: Clock;
  log: Log;
  /** of the lease; absent = this server is alone and needs none */
  owner: string | undefined;
  /** prefix of the lease, the control plane's name (server-api §4.7) */
  plane: string;
}

const LEASE_MS = 30_000;

/** Starts the tasks, each at once and then at its pace; a task that fails is tried again at its next turn. */
export function runTasks(tasks: readonly Task[], ports: TaskPorts): { stop(): Promise<void> } {
  const { store, clock, log, owner, plane } = ports;
  const stopping = new AbortController();
  const held = new Set<string>();

  async function turn(task: Task): Promise<void> {
    const name = `${plane}:${task.name}`;
    if (owner !== undefined) {
      if (!(await store.leases.acquire(name, owner, Math.max(LEASE_MS, task.everyMs * 2)))) {
        held.delete(name);
        return;
      }
      held.add(name);
    }
    await task.run(stopping.signal);
  }

  const loops = tasks.map(async (task) => {
    while (!stopping.signal.aborted) {
      try {
        await turn(task);
      } catch (error) {
        if (!stopping.signal.aborted) log.warn(`${task.name} failed`, { error: ensureError(error) });
      }
      await pause(clock, task.everyMs, stopping.signal);
    }
  });

  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
      if (owner === undefined) return;
      for (const name of held) {
        await store.leases.release(name, owner).catch((error: unknown) => {
          log.warn("cannot give a lease back", { error: ensureError(error) });
        });
      }
    },
  };
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
