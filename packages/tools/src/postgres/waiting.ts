import type { Pool } from "pg";
import type { Resources } from "../tool.ts";

/** All pools of a process, so that a host can see how its databases do. */
export function poolsOf(resources: Resources): Set<Pool> {
  return resources.get(
    "postgres-pools",
    () => new Set<Pool>(),
    (pools) => pools.clear(),
  );
}

/** How many calls wait for a connection to any database of PostgreSQL. */
export function waitingForPostgres(resources: Resources): number {
  let waiting = 0;
  for (const pool of poolsOf(resources)) waiting += pool.waitingCount;
  return waiting;
}
