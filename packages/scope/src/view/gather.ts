import type { Json, JsonObject } from "@noetl/core";
import { isMap, own } from "../own.ts";
import type { LoopGather } from "../types.ts";

/** Results of iterations put together as `output.accumulate` says (DSL §21.4); those without a result add nothing. */
export function gather(results: readonly Json[], { strategy, path, max }: LoopGather): Json[] {
  const found = results.map((data) => at(data, path)).filter((value) => value !== undefined && value !== null);
  if (strategy === "merge") return [Object.assign({}, ...found.filter((value) => isMap(value))) as JsonObject];
  return found.flat().slice(0, max);
}

function at(data: Json, path: string | undefined): Json | undefined {
  let value: Json | undefined = data;
  for (const key of path?.split(".") ?? []) value = isMap(value) ? (own(value, key) as Json | undefined) : undefined;
  return value;
}
