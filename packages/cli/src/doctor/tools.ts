import type { Environment } from "@noetl/sdk";
import { registryWithPlugins } from "@noetl/sdk/tool-registry";
import type { Check } from "./check.ts";

/** Tool kinds of this version, and those that the language knows but this version cannot run. */
export function checkTools(env: Environment): Check {
  const specs = registryWithPlugins(env).list();
  const names = (available: boolean) =>
    specs
      .filter((spec) => spec.available === available)
      .map((spec) => spec.kind)
      .sort();
  const missing = names(false);
  const detail = `${names(true).join(", ")}${missing.length > 0 ? `; not in this version: ${missing.join(", ")}` : ""}`;
  return { id: "tools", status: "ok", detail };
}
