import { type Client, lacksRoute, type RemoteWorker } from "@noetl/client";
import { count, longTime, type Palette, table } from "@noetl/sdk";

export interface ServerStatus {
  url: string;
  status: string;
  version: string | null;
  database: string | null;
  nats: string | null;
  workers: Omit<RemoteWorker, "raw">[];
}

/** How a server stands. Rejects when it does not answer. */
export async function serverStatus(client: Client): Promise<ServerStatus> {
  const { raw: _raw, ...health } = await client.system.health();
  const workers = await client.system.workers().catch((error: unknown) => {
    if (!lacksRoute(error)) throw error;
    return [];
  });
  return { url: client.endpoint.url, ...health, workers: workers.map(({ raw: _row, ...worker }) => worker) };
}

export function serverText(server: ServerStatus, paint: Palette): string {
  const { url, status, version, database, nats, workers } = server;
  const good = status === "ok" || status === "healthy";
  const facts = [
    version === null ? undefined : `version ${version}`,
    database === null ? undefined : `database ${database}`,
    nats === null ? undefined : `NATS ${nats.replaceAll("_", " ")}`,
  ].filter((fact) => fact !== undefined);
  const rows = workers.map((worker) => [
    worker.name,
    worker.status,
    worker.pool ?? "",
    worker.capacity === null ? "" : String(worker.capacity),
    worker.heartbeat === null ? "" : longTime(Date.parse(worker.heartbeat)),
  ]);
  return [
    `Server ${url}  ${good ? paint.green(status) : paint.red(status)}${facts.length > 0 ? `  ${facts.join(", ")}` : ""}`,
    ...(rows.length > 0 ? [table(["worker", "status", "pool", "capacity", "heartbeat"], rows)] : []),
    count(rows.length, "worker"),
  ].join("\n");
}
