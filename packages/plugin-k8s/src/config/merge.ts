import { isObject } from "@noetl/core";
import { poolDefaults, profiles } from "./profiles.ts";
import type { K8sConfig, Overlay, Profile } from "./shape.ts";

/** What a profile says, with what stands in the overlay in its place. Lists are replaced, never joined; a pool that is null goes. */
export function merged(given: Overlay, profile: Profile): K8sConfig {
  const base = profiles[profile];
  const { workers = {}, ...rest } = given;
  const config = over(base, rest) as K8sConfig;
  const names = [...new Set([...Object.keys(base.workers), ...Object.keys(workers)])];
  const pools = names.flatMap((name) => {
    const own = workers[name];
    return own === null ? [] : [[name, over(base.workers[name] ?? poolDefaults, own ?? {})]];
  });
  return { ...config, profile, workers: Object.fromEntries(pools) as K8sConfig["workers"] };
}

/** The second over the first: objects are joined, everything else is replaced. */
export function over(base: unknown, given: unknown): unknown {
  if (given === undefined) return base;
  if (!isObject(base) || !isObject(given)) return given;
  const found: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(given)) found[key] = over(base[key], value);
  return found;
}
