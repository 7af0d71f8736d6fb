import type { RemoteWorker } from "@noetl/client";
import { isNoetlError, isObject } from "@noetl/core";
import { workerPlaces } from "../processes/places.ts";
import { processStatus } from "../processes/status.ts";

export interface ListedWorker {
  name: string;
  /** of the process when it is one of this machine, else what the server says */
  state: string;
  /** of this machine's process */
  pid: number | null;
  /** id under which the server knows it */
  worker_id: string | null;
  pool: string | null;
  capacity: number | null;
  uptime_seconds: number | null;
  heartbeat: string | null;
  url: string | null;
}

/** Workers of this machine, joined by process id with those the server knows; the rest of those that are not offline after them. */
export async function listWorkers(options: {
  env: NodeJS.ProcessEnv;
  now: number;
  registered(): Promise<RemoteWorker[]>;
  unreachable(error: unknown): void;
}): Promise<ListedWorker[]> {
  const { env, now } = options;
  let known: RemoteWorker[] = [];
  try {
    known = (await options.registered()).filter((worker) => worker.status !== "offline");
  } catch (error) {
    // One that answers and refuses is not away.
    if (!isNoetlError(error) || (error.code !== "SERVER_UNREACHABLE" && error.meaning !== "timeout")) throw error;
    options.unreachable(error);
  }
  const rest = new Set(known);
  const own: ListedWorker[] = [];
  for (const place of await workerPlaces(env)) {
    const { name, state, pid, uptime_seconds, url } = await processStatus(place, now);
    const remote = known.find(
      (worker) => state === "running" && runtimePid(worker) === pid && worker.pool === poolName(name, worker),
    );
    if (remote) rest.delete(remote);
    own.push({ ...shared(remote), name, state, pid, uptime_seconds, url });
  }
  const others = [...rest].map((worker) => ({
    ...shared(worker),
    name: worker.pool ?? worker.name,
    state: worker.status,
    pid: null,
    uptime_seconds: null,
    url: null,
  }));
  return [...own, ...others];
}

function shared(worker: RemoteWorker | undefined) {
  return {
    worker_id: worker?.name ?? null,
    pool: worker === undefined ? null : segments(worker),
    capacity: worker?.capacity ?? null,
    heartbeat: worker?.heartbeat ?? null,
  };
}

function segments({ raw, pool }: RemoteWorker): string | null {
  const labels = isObject(raw.labels) ? raw.labels : {};
  return Array.isArray(labels.segments) ? labels.segments.join(",") : pool;
}

function runtimePid({ raw }: RemoteWorker): number | undefined {
  const runtime = isObject(raw.runtime) ? raw.runtime : {};
  return typeof runtime.pid === "number" ? runtime.pid : undefined;
}

/** File names hold no more than letters, digits, `_` and `.`: `gpu-1` is `gpu_1` there. */
function poolName(name: string, { pool }: RemoteWorker): string | null {
  return pool?.replaceAll(/[^\w.]/g, "_") === name ? pool : name;
}
