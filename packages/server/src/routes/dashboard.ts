import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { processState } from "../metrics/process.ts";

const FRESH_MS = 5_000;

interface Stats {
  total_executions: number;
  successful_executions: number;
  failed_executions: number;
  cancelled_executions: number;
  running_executions: number;
  total_playbooks: number;
  total_workers: number;
}

/** server-api §2.3 (pool), §2.17 */
export function dashboardRoutes(context: ServerContext): Route[] {
  const { store, clock } = context;
  let known: { stats: Stats; at: number } | undefined;

  async function stats(): Promise<Stats> {
    if (known && clock.now() - known.at < FRESH_MS) return known.stats;
    const counts = await store.query({
      text: "SELECT status, count(*) AS n FROM noetl.execution GROUP BY status",
      write: false,
    });
    const of = (...words: string[]) =>
      counts.rows.filter((row) => words.includes(String(row.status))).reduce((sum, row) => sum + Number(row.n), 0);
    const found: Stats = {
      total_executions: counts.rows.reduce((sum, row) => sum + Number(row.n), 0),
      successful_executions: of("COMPLETED"),
      failed_executions: of("FAILED"),
      cancelled_executions: of("CANCELLED"),
      running_executions: of("RUNNING", "PENDING", "CANCELLING"),
      total_playbooks: (await store.catalog.paths("playbook")).length,
      total_workers: (await store.runtimes.list({ kind: "worker_pool", status: "ready" })).length,
    };
    known = { stats: found, at: clock.now() };
    return found;
  }

  return [
    route("GET", "/api/dashboard/stats", {
      tag: "dashboard",
      summary: "Counts",
      async handle() {
        const found = await stats();
        return { status: "ok", stats: found, ...found, active_workflows: found.running_executions };
      },
    }),
    route("GET", "/api/dashboard/widgets", {
      tag: "dashboard",
      summary: "The counts as widgets",
      async handle() {
        const found = await stats();
        return {
          widgets: Object.entries(found).map(([id, value]) => ({
            id,
            type: "metric",
            title: id.replaceAll("_", " "),
            config: {},
            data: { value },
          })),
        };
      },
    }),
    route("GET", "/api/pool/status", {
      tag: "health",
      summary: "Pressure on the database pool",
      async handle() {
        const pool = store.pool();
        // A database in this process has no pool to run out of.
        const { max, size, idle, waiting } = pool ?? { max: 1, size: 1, idle: 1, waiting: 0 };
        const busy = size - idle;
        return {
          pool_min: 0,
          pool_max: max,
          pool_size: size,
          pool_available: idle,
          requests_waiting: waiting,
          utilization: max === 0 ? 0 : busy / max,
          slots_available: Math.max(0, max - busy),
          status: waiting > 0 ? "saturated" : "ok",
        };
      },
    }),
    route("GET", "/api/status", {
      tag: "dashboard",
      summary: "Machine and process",
      handle: () => processState((clock.now() - context.startedAt) / 1_000),
    }),
  ];
}
