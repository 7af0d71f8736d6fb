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

/** How long the tasks of a server that died wait for another one. */
const LEASE_MS = 30_000;
/** While it holds, it is renewed; while another holds it, it is asked for. */
const RENEW_MS = 10_000;

/** Starts the tasks, each at once and then at its pace; a task that fails is tried again at its next turn. */
export function runTasks(tasks: readonly Task[], ports: TaskPorts): { stop(): Promise<void> } {
  const { store, clock, log, owner, plane } = ports;
  const stopping = new AbortController();
  const held = new Set<string>();

  /** Whether this server is the one that does it. */
  async function holds(task: Task): Promise<boolean> {
    if (owner === undefined) return true;
    const name = `${plane}:${task.name}`;
    const mine = await store.leases.acquire(name, owner, LEASE_MS);
    if (mine) held.add(name);
    else held.delete(name);
    return mine;
  }

  const loops = tasks.map(async (task) => {
    let due = clock.now();
    while (!stopping.signal.aborted) {
      let rest = Math.min(task.everyMs, RENEW_MS);
      try {
        if (await holds(task)) {
          if (clock.now() >= due) {
            try {
              await task.run(stopping.signal);
            } finally {
              due = clock.now() + task.everyMs;
            }
          }
          rest = Math.min(Math.max(due - clock.now(), 1), RENEW_MS);
        }
      } catch (error) {
        if (!stopping.signal.aborted) log.warn(`${task.name} failed`, { error: ensureError(error) });
      }
      await pause(clock, rest, stopping.signal);
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
