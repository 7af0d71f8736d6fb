import type { Live } from "../runs/index.ts";

/** Pool of a command, first match (server-api §4.2): what the execution asks for, then its path, else `shared`. */
export function poolOf(live: Live): string {
  if (live.pool !== undefined && live.pool !== "") return canonicalPool(live.pool);
  const { path } = live.summary;
  if (path.startsWith("system/")) return "system";
  if (path.startsWith("subscription/")) return "subscription";
  return "shared";
}

/** Workers that name no pool of their own say `default`. */
export function canonicalPool(pool: string): string {
  return pool === "default" ? "shared" : pool;
}
